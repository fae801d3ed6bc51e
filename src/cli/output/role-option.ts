/** The flag for the role of an account or a key. */
import { Option } from "commander";
import { roles } from "../../identity/principal.ts";

export type Role = (typeof roles)[number];

export function roleOption(): Option {
  return new Option(
    "--role <role>",
    "what the user or key may do: a viewer sees the state of the lake, an analyst also reads rows, an operator starts and stops runs, an administrator may do everything",
  ).choices(roles);
}
