/**
 * The things that somebody asks to work on, by the names that they used. A name may stand for nothing; only the work
 * itself reports that, to people who are allowed to look.
 */
export type Resource =
  /** Everything: for operations that name nothing smaller. */
  | { readonly kind: "lake" }
  /** The machine that Headgate runs on: its files by path, the passwords stored there, engines without a time limit. */
  | { readonly kind: "machine" }
  /** Whatever the caller may see: for operations that leave out the rest themselves. */
  | { readonly kind: "visible" }
  /** The users and groups that a provider provisions in one account: those of the key that asks. */
  | { readonly kind: "provisioned" }
  /** Units, accounts and users, who belong to no single account. */
  | { readonly kind: "organisation" }
  /** The account in which the caller acts, with everything in it. */
  | { readonly kind: "own account" }
  | { readonly kind: "source" | "database" | "run" | "schedule"; readonly name: string }
  | { readonly kind: "user" | "key" | "group" | "role"; readonly name: string }
  | { readonly kind: "account" | "unit"; readonly name: string }
  /** A table of the lake, as `database.table`. */
  | { readonly kind: "table"; readonly name: string };

export const lake = { kind: "lake" } as const satisfies Resource;
export const machine = { kind: "machine" } as const satisfies Resource;
export const ownAccount = { kind: "own account" } as const satisfies Resource;
export const organisation = { kind: "organisation" } as const satisfies Resource;
export const provisioned = { kind: "provisioned" } as const satisfies Resource;
export const visible = { kind: "visible" } as const satisfies Resource;
