/**
 * What somebody asks to work on, by the names that they used. Not the thing itself: a name may stand for nothing, and then whoever
 * may look is told so by the work, not by the decision.
 */
export type Resource =
  /** Everything: what an operation works on that names nothing smaller. */
  | { readonly kind: "lake" }
  /** The machine that Headgate runs on: its files by path, the passwords stored there, its places for as long as one likes. */
  | { readonly kind: "machine" }
  | { readonly kind: "source" | "database" | "run" | "schedule" | "user" | "key"; readonly name: string }
  /** Of the lake, `database.table`. */
  | { readonly kind: "table"; readonly name: string };

export const lake: Resource = { kind: "lake" };
export const machine: Resource = { kind: "machine" };
