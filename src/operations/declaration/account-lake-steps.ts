/**
 * Steps to give accounts their declared lakes, applied after the accounts exist. The stores are tried first. A lake that
 * was declared and is not any more is taken away, which is refused while tables lie there; what a command has set stays.
 */
import { listAccounts } from "../../identity/accounts.ts";
import { accountLakes } from "../../catalog/account-lakes.ts";
import { HeadgateError } from "../../errors.ts";
import { placed } from "../placed.ts";
import { declaredOrigin } from "./access-changes.ts";
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
  for (const [name, { lake }] of Object.entries(accounts))
    if (lake === undefined) steps.push(...(await removal({ db, silos }, { name, id: known.get(name), placeOf })));
  for (const [name, { lake }] of Object.entries(accounts)) {
    if (lake === undefined) continue;
    const { location, path_style: pathStyle, access_key: accessKey, encrypted, secret: _place, ...said } = lake;
    const wanted = {
      ...said,
      lake: location,
      pathStyle,
      accessKey,
      encrypt: encrypted,
      secret: secrets[name],
      origin: declaredOrigin,
    };
    const at = placeOf(["organisation", "accounts", name, "lake"]);
    const prepared = await placed(at, () => silos.prepare({ name, id: known.get(name) }, wanted));
    if (prepared.details.length === 0) continue;
    const change = prepared.isNew ? "add" : "change";
    const apply = (transaction: Parameters<Step["apply"]>[0]) => placed(at, () => prepared.apply(transaction));
    steps.push({ what: "lake", name: `of the account ${name}`, change, details: prepared.details, apply });
  }
  return steps;
}

interface Removal extends Pick<DeclaredLakes, "placeOf"> {
  readonly name: string;
  readonly id: string | undefined;
}

/** An account that is not in the file any more goes with its lake, or stays with it. Throws ACCOUNT_LAKE_IN_USE. */
async function removal(
  { db, silos }: Pick<PlanParts["context"], "db" | "silos">,
  { name, id, placeOf }: Removal,
): Promise<readonly Step[]> {
  const lake = (await accountLakes(db)).find((one) => one.account_id === id);
  if (lake?.origin !== declaredOrigin) return [];
  const at = placeOf(["organisation", "accounts", name]);
  await placed(at, () => silos.checkRemovable(name).catch(withRemedy));
  const apply = (transaction: Parameters<Step["apply"]>[0]) => placed(at, () => silos.remove(name, transaction));
  const details = [`location ${lake.location} → none`];
  return [{ what: "lake", name: `of the account ${name}`, change: "remove", details, apply }];
}

function withRemedy(failure: unknown): never {
  if (!(failure instanceof HeadgateError) || failure.code !== "ACCOUNT_LAKE_IN_USE") throw failure;
  throw new HeadgateError(failure.code, {
    place: failure.place,
    message: `the file no longer has the lake of the account, and ${failure.message}`,
    remedy: "drop these tables first, or put the lake back into the file",
    cause: failure,
  });
}
