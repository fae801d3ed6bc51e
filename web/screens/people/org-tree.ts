/** The organisation as a tree, from the paths of its units and the accounts in them. */
import type { AccountListAnswer } from "../../../src/client/api-client.ts";

export type ListedAccount = AccountListAnswer["accounts"][number];

export interface UnitNode {
  /** Empty for the organisation itself. */
  readonly path: string;
  readonly name: string;
  readonly units: readonly UnitNode[];
  readonly accounts: readonly ListedAccount[];
}

export function orgTree(units: readonly string[], accounts: readonly ListedAccount[]): UnitNode {
  return nodeOf("", { units, accounts });
}

interface Organisation {
  readonly units: readonly string[];
  readonly accounts: readonly ListedAccount[];
}

function nodeOf(path: string, organisation: Organisation): UnitNode {
  const below = organisation.units.filter((unit) => parentOf(unit) === path && unit !== path);
  return {
    path,
    name: path.split("/").at(-1) ?? path,
    units: below.toSorted().map((unit) => nodeOf(unit, organisation)),
    accounts: organisation.accounts.filter(({ unit }) => (unit ?? "") === path),
  };
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
