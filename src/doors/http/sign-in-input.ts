/** Input for signing in and for changing a password. */
import { z } from "zod";

export const signInInput = z.strictObject({ user: z.string().max(200), password: z.string().max(1_000) });
export const passwordInput = z.strictObject({ password: z.string().max(1_000), newPassword: z.string().max(1_000) });
