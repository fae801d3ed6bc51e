/**
 * The things that somebody asks to work on, by the names that they used. A name may stand for nothing: the decision
 * does not depend on that, and only the work itself reports it, to people who are allowed to look.
 */
export type Resource =
  /** Everything: for operations that name nothing smaller. */
  | { readonly kind: "lake" }
  /** The machine that Headgate runs on: its files by path, the passwords stored there, engines without a time limit. */
  | { readonly kind: "machine" }
  | { readonly kind: "source" | "database" | "run" | "schedule" | "user" | "key"; readonly name: string }
  /** A table of the lake, as `database.table`. */
  | { readonly kind: "table"; readonly name: string };

export const lake: Resource = { kind: "lake" };
export const machine: Resource = { kind: "machine" };
