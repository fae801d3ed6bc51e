/** Sums and rules of check digits that the numbers of several countries share. */

export const digitsOf = (text: string): readonly number[] => [...text.replace(/\D/g, "")].map(Number);

export function weighted(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (digits[at] ?? 0), 0);
}

export function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** ISO 7064, MOD 11,10. */
export function passesMod1110(digits: readonly number[]): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (digit + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digits.at(-1);
}

const dihedral = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((left) =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((right) => {
    if (left < 5) return right < 5 ? (left + right) % 5 : 5 + ((left + right) % 5);
    return right < 5 ? 5 + ((left - right + 5) % 5) : (left - right + 5) % 5;
  }),
);
const turned = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** The check digit of Verhoeff. */
export function passesVerhoeff(text: string): boolean {
  let check = 0;
  for (const [at, digit] of digitsOf(text).toReversed().entries()) {
    let permuted = digit;
    for (let times = 0; times < at % 8; times++) permuted = turned[permuted] ?? 0;
    check = dihedral[check]?.[permuted] ?? 0;
  }
  return check === 0;
}
