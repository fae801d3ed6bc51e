/** Changes that make units and accounts as declared. */
import { accountIdOf, addAccount, changeAccount, listAccounts, type Account } from "../../identity/accounts.ts";
import { accountKinds, type AccountKind } from "../../identity/account-kinds.ts";
import { setOwner } from "../../identity/account-owner.ts";
import { findPrincipal } from "../../identity/principal-name.ts";
import { addUnit, listUnits, removeUnit } from "../../identity/org-units.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, ofAnother, withChanges, type AccessWork } from "../access/access-work.ts";
import { removeWithoutData } from "../people/removal/remove-account.ts";
import { placed } from "../placed.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { accessDetails } from "./access-details.ts";
import { makeBudget } from "./budget-changes.ts";
import { changed } from "./step.ts";

type Organisation = DeclaredAccess["organisation"];

/** Units from the top down, then accounts. Throws UNIT_NOT_FOUND, DECLARATION_INVALID, NOT_ALLOWED. */
export async function addOrganisation(
  work: AccessWork,
  { units, accounts, require_codes: requiring }: Organisation,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const changes: AccessChange[] = [];
  const sorted = units.map((path, index) => ({ path, at: placeOf(["organisation", "units", index]) }));
  for (const { path, at } of sorted.toSorted((one, other) => (one.path < other.path ? -1 : 1)))
    changes.push(...(await placed(at, () => makeUnit(work, path))));
  const known = new Map((await listAccounts(work.transaction)).map((account) => [account.name, account]));
  let now = work;
  for (const [name, { unit, outside = false, kind, owner, budget }] of Object.entries(accounts)) {
    const at = placeOf(["organisation", "accounts", name]);
    const wanted = { name, unit, outside, kinds: kind ?? accountKinds, owner, known: known.get(name) };
    const before = now;
    const made = await placed(at, () => makeAccount(before, wanted));
    if (made !== undefined) {
      now = await withChanges(before);
      changes.push({ ...made, ...(await accessDetails(before, now, made)) });
    }
    changes.push(...(await placed(at, () => makeBudget(work, { name, declared: budget }))));
  }
  const at = placeOf(["organisation", "require_codes"]);
  if (requiring !== undefined) changes.push(...(await placed(at, () => requireCodes(work, requiring))));
  return changes;
}

/** Throws ACCOUNT_NOT_FOUND. */
async function requireCodes(work: AccessWork, requiring: readonly string[]): Promise<readonly AccessChange[]> {
  const { transaction } = work;
  for (const name of requiring) await accountIdOf(transaction, name);
  const different = (await listAccounts(transaction)).filter(
    ({ name, requiresCodes }) => requiresCodes !== requiring.includes(name),
  );
  if (different.length > 0) checkAdministers(work, lake);
  return Promise.all(
    different.map(async ({ name, requiresCodes }) => {
      await changeAccount(transaction, { name, requiresCodes: !requiresCodes });
      return accountChange(name, "change", [requiresCodes ? "requires no codes" : "requires codes"]);
    }),
  );
}

async function makeUnit(work: AccessWork, path: string): Promise<readonly AccessChange[]> {
  const { transaction, origin } = work;
  const known = (await listUnits(transaction)).find((unit) => unit.path === path);
  if (known !== undefined && known.origin !== origin) throw ofAnother(`the unit ${path}`, known.origin);
  if (known !== undefined) return [];
  checkAdministers(work, lake);
  await addUnit(transaction, path, origin);
  return [unitChange(path, "add")];
}

const lake = { kind: "lake" } as const;

function unitChange(path: string, change: "add" | "remove"): AccessChange {
  return { what: "unit", name: path, change, details: [], falls: [], about: [{ kind: "unit", name: path }] };
}

interface WantedAccount {
  readonly name: string;
  readonly unit: string | undefined;
  readonly outside: boolean;
  readonly kinds: readonly AccountKind[];
  /** Undefined: whoever owns it stays. */
  readonly owner: string | undefined;
  readonly known: Account | undefined;
}

async function makeAccount(
  work: AccessWork,
  { name, unit, outside, kinds, owner, known }: WantedAccount,
): Promise<AccessChange | undefined> {
  const { transaction, origin, by } = work;
  if (known !== undefined && known.origin !== origin) throw ofAnother(`the account ${name}`, known.origin);
  const wasOutside = known?.isOutside ?? false;
  const details = [
    ...changed("unit", known?.unit ?? "", unit ?? ""),
    ...(wasOutside === outside ? [] : [outside ? "not of the organisation" : "of the organisation"]),
    ...changed("kind", kindText(known?.kinds ?? accountKinds), kindText(kinds)),
    ...(owner === undefined ? [] : changed("owner", known?.owner ?? "", owner)),
  ];
  if (known !== undefined && details.length === 0) return undefined;
  checkAdministers(work, lake);
  if (known === undefined) await addAccount(transaction, { name, unit, isOutside: outside, kinds, origin });
  else await changeAccount(transaction, { name, unit: unit ?? null, isOutside: outside, kinds });
  if (owner !== undefined && owner !== known?.owner) {
    const account = { id: await accountIdOf(transaction, name), name };
    await setOwner(transaction, {
      account,
      owner: await findPrincipal(transaction, { kind: "user", name: owner }),
      by,
    });
  }
  return accountChange(name, known === undefined ? "add" : "change", details);
}

function kindText(kinds: readonly AccountKind[]): string {
  return accountKinds.filter((kind) => kinds.includes(kind)).join(" and ");
}

function accountChange(name: string, change: AccessChange["change"], details: readonly string[]): AccessChange {
  return { what: "account", name, change, details, falls: [], about: [{ kind: "account", name }] };
}

/**
 * Last of all, because only units that are empty and accounts without data are removed. Throws NOT_EMPTY, NOT_ALLOWED.
 */
export async function removeOrganisation(
  work: AccessWork,
  { units, accounts }: Organisation,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const { transaction, origin, by } = work;
  const at = placeOf(["organisation"]);
  const goneAccounts = (await listAccounts(transaction))
    .filter((account) => account.origin === origin && accounts[account.name] === undefined && !account.isBeingRemoved)
    .map(({ name }) => name);
  const goneUnits = (await listUnits(transaction))
    .filter((unit) => unit.origin === origin && !units.includes(unit.path))
    .map(({ path }) => path)
    .toReversed();
  if (goneAccounts.length + goneUnits.length > 0) await placed(at, () => checkAdministers(work, lake));
  const changes: AccessChange[] = [];
  for (const name of goneAccounts) {
    const { falls, contents } = await placed(at, () => removeWithoutData(transaction, { name, by }));
    const ending = [...falls.grants, ...contents.map((one) => `${one.what} ${one.name}`)];
    changes.push({ ...accountChange(name, "remove", []), falls: ending });
  }
  for (const path of goneUnits) {
    const { grants } = await placed(at, () => removeUnit(transaction, path, { by }));
    changes.push({ ...unitChange(path, "remove"), falls: grants });
  }
  return changes;
}
