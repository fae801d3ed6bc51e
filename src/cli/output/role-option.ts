/** The flag for the role of an account or a key. */
import { Option } from "commander";
import { roles } from "../../identity/principal.ts";

export type Role = (typeof roles)[number];

export function roleOption(): Option {
  return new Option(
    "--role <role>",
    "what the user or key may do: none has only what is granted, a viewer sees the state of the lake, an analyst also reads rows, an operator starts and stops runs, an administrator does everything but read rows",
  ).choices(roles);
}
