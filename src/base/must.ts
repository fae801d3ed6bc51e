/**
 * For programmer errors only: values that cannot be missing if the code is right. Operating errors are
 * `HeadgateError`s.
 */

/** Returns `value`, or throws when it is null or undefined. `what` names the expected value. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new TypeError(`expected ${what}`);
  return value;
}
