/** Random choices that are the same for the same seed. */
export interface Random {
  /** A whole number below the bound. */
  below(bound: number): number;
  from(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  digits(count: number): string;
  /** Replaces each # by a digit and each ? by a capital letter. */
  filled(pattern: string): string;
  chance(share: number): boolean;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const digits = (count: number): string => Array.from({ length: count }, () => below(10)).join("");
  return {
    below,
    digits,
    from: (low, high) => low + below(high - low + 1),
    chance: (share) => next() < share,
    pick(list) {
      const found = list[below(list.length)];
      if (found === undefined) throw new TypeError("nothing to pick from");
      return found;
    },
    filled: (pattern) =>
      pattern.replace(/[#?]/g, (sign) => (sign === "#" ? String(below(10)) : String.fromCharCode(65 + below(26)))),
  };
}
