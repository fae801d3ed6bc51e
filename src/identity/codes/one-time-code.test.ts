import { expect, test } from "vitest";
import { authenticatorAddress, codeAt, secretText, stepAt, stepOfCode } from "./one-time-code.ts";

/** The secret and the times of RFC 6238, appendix B; the last six of its eight digits. */
const secret = Buffer.from("12345678901234567890");
const known: readonly (readonly [number, string])[] = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
];

test("the codes are those of the specification", () => {
  for (const [seconds, code] of known) expect(codeAt(secret, stepAt(seconds * 1_000)), String(seconds)).toBe(code);
});

test("a code is known one step early and one step late, and no further", () => {
  const step = 1_000;
  const at = (steps: number): number => (step + steps) * 30_000;
  const code = codeAt(secret, step);
  expect([-2, -1, 0, 1, 2].map((steps) => stepOfCode(secret, { code, now: at(steps) }))).toEqual([
    undefined,
    step,
    step,
    step,
    undefined,
  ]);
});

test("what has another form is no code", () => {
  for (const code of ["", "12345", "1234567", "１２３４５６", "12 345", "-12345", "1e5000"])
    expect(stepOfCode(secret, { code, now: 0 }), code).toBeUndefined();
});

test("an authenticator can read the secret", () => {
  expect(secretText(Buffer.from("foobar"))).toBe("MZXW6YTBOI");
  expect(authenticatorAddress({ secret, user: "ann" })).toBe(
    "otpauth://totp/Headgate:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Headgate",
  );
});
