import { z } from "zod";

/** Where a secret of headgate.yaml is. The command line looks it up; the file never has the secret itself. */
export const secretPlace = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);

export type SecretPlace = z.infer<typeof secretPlace>;
