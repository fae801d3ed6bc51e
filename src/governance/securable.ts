/** A thing that is decided about, by its ids, with whatever contains it. operations/locate.ts finds it by name. */
import type { Alternatives } from "./tag-policy.ts";

export type Securable =
  /** Everything in every account. */
  | { readonly kind: "lake" }
  /** The machine that Headgate runs on: its files by path, the passwords stored there, engines without a time limit. */
  | { readonly kind: "machine" }
  /** Whatever the caller may see: for lists, which leave out the rest. */
  | { readonly kind: "visible" }
  /** The users and groups that a provider provisions in one account: those of the key that asks. */
  | { readonly kind: "provisioned" }
  | Contained;

/** A thing of one account, or an account itself. */
export type Contained =
  | { readonly kind: "account"; readonly id: string }
  | { readonly kind: "source"; readonly id: string; readonly accountId: string }
  | { readonly kind: "database"; readonly id: string; readonly accountId: string }
  /** All tables of a database, by its id: for whoever grants something on them. */
  | { readonly kind: "tables"; readonly id: string; readonly accountId: string }
  /** Things that are offered together. */
  | { readonly kind: "product"; readonly id: string; readonly accountId: string }
  | SecurableTable
  | SecurableTag;

/** Keys and values of tags, and expressions over them. */
export type SecurableTag =
  | { readonly kind: "tag"; readonly id: string; readonly accountId: string }
  | { readonly kind: "tag-value"; readonly id: string; readonly keyId: string; readonly accountId: string }
  | {
      readonly kind: "expression";
      readonly id: string;
      readonly accountId: string;
      /** Whatever has these tags. */
      readonly alternatives: Alternatives;
    };

export interface SecurableTable {
  readonly kind: "table";
  readonly id: string;
  readonly databaseId: string;
  readonly accountId: string;
}

export function securableTable({ id, databaseId, accountId }: Omit<SecurableTable, "kind">): SecurableTable {
  return { kind: "table", id, databaseId, accountId };
}
