/** An e-mail address as people write it, and nothing that a mail server could take for something else. */
import { z } from "zod";

export const mailAddress = z
  .string()
  .max(320)
  .regex(/^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/, "this is not an e-mail address")
  .refine((text) => !/\p{Cc}/u.test(text), "this is not an e-mail address");
