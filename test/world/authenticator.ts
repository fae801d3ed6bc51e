/** An authenticator, as an app on a phone: it reads the secret once and shows codes. */
import { codeAt, stepAt } from "../../src/identity/codes/one-time-code.ts";

export interface Authenticator {
  /** The code that it shows now, or some steps of thirty seconds later or earlier. */
  code(steps?: number): string;
}

export function authenticatorWith(secret: string): Authenticator {
  const letters = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter));
  const bits = letters.map((number) => number.toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  return { code: (steps = 0) => codeAt(key, stepAt(Date.now()) + steps) };
}
