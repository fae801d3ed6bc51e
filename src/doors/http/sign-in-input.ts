/** Input for signing in, for changing a password, and for choosing in which account and as which role to act. */
import { z } from "zod";

/** The metadata database has no text with a zero byte. */
const name = z
  .string()
  .max(200)
  .refine((text) => !text.includes("\0"), "no name has a zero byte");

export const signInInput = z.strictObject({
  user: name,
  password: z.string().max(1_000),
  code: z
    .string()
    .max(100)
    .optional()
    .describe("A code of the user's authenticator, or a recovery code; for users who have an authenticator."),
  account: name
    .optional()
    .describe("The account to act in; by default main if the user is a member there, or else the first."),
});
export const passwordInput = z.strictObject({ password: z.string().max(1_000), newPassword: z.string().max(1_000) });
export const ownPasswordInput = z.strictObject({ password: z.string().max(1_000) });
export const codeInput = z.strictObject({ code: z.string().max(100) });
export const passwordAndCodeInput = z.strictObject({ password: z.string().max(1_000), code: z.string().max(100) });
export const linkInput = z.strictObject({
  provider: name,
  password: z.string().max(1_000).optional().describe("The password of users who have one."),
});
export const actInput = z
  .strictObject({
    account: name.optional().describe("An account to act in from now on."),
    role: name.nullable().optional().describe("A role to act as; null to act as oneself again."),
  })
  .refine(({ account, role }) => account !== undefined || role !== undefined, "name an account or a role");
