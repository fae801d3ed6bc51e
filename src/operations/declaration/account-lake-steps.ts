/**
 * Steps to give accounts their declared lakes, applied after the accounts exist. The stores are tried first. A lake that
 * is no longer in the file stays, as sources do.
 */
import { listAccounts } from "../../identity/accounts.ts";
import { placed } from "../placed.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import type { PlaceOf } from "./read-declaration.ts";
import type { PlanParts, Step } from "./step.ts";

interface DeclaredLakes {
  readonly accounts: DeclaredAccess["organisation"]["accounts"];
  /** By account. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly placeOf: PlaceOf;
}

/** Throws what preparing a lake throws, with its place in the file. */
export async function accountLakeSteps(
  { db, silos }: Pick<PlanParts["context"], "db" | "silos">,
  { accounts, secrets, placeOf }: DeclaredLakes,
): Promise<readonly Step[]> {
  const known = new Map((await listAccounts(db)).map(({ name, id }) => [name, id]));
  const steps: Step[] = [];
  for (const [name, { lake }] of Object.entries(accounts)) {
    if (lake === undefined) continue;
    const { location, path_style: pathStyle, access_key: accessKey, encrypted, secret: _place, ...said } = lake;
    const wanted = { ...said, lake: location, pathStyle, accessKey, encrypt: encrypted, secret: secrets[name] };
    const at = placeOf(["organisation", "accounts", name, "lake"]);
    const prepared = await placed(at, () => silos.prepare({ name, id: known.get(name) }, wanted));
    if (prepared.details.length === 0) continue;
    const change = prepared.isNew ? "add" : "change";
    const apply = (transaction: Parameters<Step["apply"]>[0]) => placed(at, () => prepared.apply(transaction));
    steps.push({ what: "lake", name: `of the account ${name}`, change, details: prepared.details, apply });
  }
  return steps;
}
