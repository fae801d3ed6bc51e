/** Programmer errors only: what can never be absent if the code is right. Operating errors are `HeadgateError`s. */

/** Returns `value`, or throws when it is null or undefined; `what` names the thing that should have been there. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new TypeError(`expected ${what}`);
  return value;
}
