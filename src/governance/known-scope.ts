/**
 * Where the things are that somebody may find or know, so that a search need not look at everything that there is.
 * Invariant: whatever `decideFor(asking, action, …)` allows of databases, tables and products lies within; it may be more, so
 * each thing that is found is still decided about.
 */
import { isOwner, type Asking } from "./asking.ts";
import { decideFor, gives, permissionFor, withThoseInTrust } from "./decide.ts";
import type { Grant } from "./policy.ts";

export interface KnownScope {
  /** Everything in every account. */
  readonly all: boolean;
  readonly accounts: readonly string[];
  /** With all of their tables. */
  readonly databases: readonly string[];
  /** Databases, tables and views by themselves. */
  readonly things: readonly string[];
  readonly products: readonly string[];
}

export function knownScope(asking: Asking, action: "browse" | "watch" = "browse"): KnownScope {
  const accounts = [...asking.policy.accounts.keys()];
  const known = accounts.filter((id) => decideFor(asking, action, { kind: "account", id }).allowed);
  if (isOwner(asking) || known.length === accounts.length)
    return { all: true, accounts: [], databases: [], things: [], products: [] };
  const [databases, things, products] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const addBoth = (id: string): void => void (databases.add(id), things.add(id));
  const permission = permissionFor[action];
  const giving = withThoseInTrust(asking).filter((grant) => permission !== undefined && gives(grant, permission));
  for (const grant of giving) addGranted(asking, grant, { things, products, addBoth });
  for (const [id, stewards] of asking.policy.stewards) {
    if (!stewards.some(({ principalId }) => asking.reader.ids.has(principalId))) continue;
    addBoth(id);
    products.add(id);
  }
  return { all: false, accounts: known, databases: [...databases], things: [...things], products: [...products] };
}

interface Reached {
  readonly things: Set<string>;
  readonly products: Set<string>;
  /** For the id of a database or of a table. */
  addBoth(id: string): void;
}

function addGranted({ policy }: Asking, { on }: Grant, { things, products, addBoth }: Reached): void {
  if (on.kind === "product") products.add(on.id);
  if (on.kind === "database" || on.kind === "table") things.add(on.id);
  if (on.kind === "tables") addBoth(on.id);
  if (on.kind !== "expression") return;
  const alternatives = policy.tags.expressions.get(on.id)?.alternatives ?? [];
  const values = new Set(alternatives.flat().flatMap(({ valueIds }) => valueIds));
  for (const [id, assigned] of policy.tags.assigned)
    if (assigned.some(({ valueId }) => values.has(valueId))) addBoth(id);
}
