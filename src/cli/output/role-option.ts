/** The flag for the role of an account or a key. */
import { Option } from "commander";
import { roles } from "../../identity/principal.ts";

export type Role = (typeof roles)[number];

export function roleOption(): Option {
  return new Option(
    "--role <role>",
    "viewer sees how the lake is; analyst also its rows; operator runs and stops; administrator does all",
  ).choices(roles);
}
