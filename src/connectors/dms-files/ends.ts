/** A few items from the beginning and from the end of a list, which stand for all of them. */

const few = 4;

/** The list itself if it is short. */
export function ends<T>(items: readonly T[]): readonly T[] {
  return items.length <= 2 * few ? items : [...items.slice(0, few), ...items.slice(-few)];
}
