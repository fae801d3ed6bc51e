/** The sum of a number taken from each item. */
export function sumOf<T>(items: readonly T[], number: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += number(item);
  return sum;
}
