/** The flag that names a role, for accounts and for keys. */
import { Option } from "commander";
import { roles } from "../../identity/principal.ts";

export type Role = (typeof roles)[number];

/** What may be done with an account or a key. */
export function roleOption(): Option {
  return new Option(
    "--role <role>",
    "viewer sees how the lake is; analyst also its rows; operator runs and stops; administrator does all",
  ).choices(roles);
}
