/** Changes that make groups and their members as declared. */
import { isDeepStrictEqual } from "node:util";
import { HeadgateError } from "../../errors.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { addGroup, changeGroup, listGroups, removeGroup, type Group } from "../../identity/groups.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import type { DeclaredAccess, DeclaredGroup } from "./declared-access.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

type DeclaredGroups = DeclaredAccess["groups"];

/** Without their members. Throws ACCOUNT_NOT_FOUND, DECLARATION_INVALID, NOT_ALLOWED. */
export async function changeGroups(
  work: AccessWork,
  groups: DeclaredGroups,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const { origin } = work;
  const known = new Map((await listGroups(work.transaction, { kind: "group" })).map((group) => [group.name, group]));
  const changes: AccessChange[] = [];
  for (const [name, declared] of Object.entries(groups)) {
    const wanted = { name, declared, known: known.get(name) };
    changes.push(...(await placed(placeOf(["groups", name]), () => makeGroup(work, wanted))));
  }
  const gone = [...known.values()].filter((group) => group.origin === origin && groups[group.name] === undefined);
  for (const group of gone) changes.push(await placed(placeOf(["groups"]), () => endGroup(work, group)));
  return changes;
}

interface WantedGroup {
  readonly name: string;
  readonly declared: DeclaredGroup;
  readonly known: Group | undefined;
}

async function makeGroup(
  work: AccessWork,
  { name, declared: { account, attributes }, known }: WantedGroup,
): Promise<readonly AccessChange[]> {
  const { transaction, origin } = work;
  if (known !== undefined && known.origin !== origin) throw ofAnother(`the group ${name}`, known.origin);
  if (known !== undefined && known.account !== account) throw inAnotherAccount(name, known.account);
  if (known !== undefined && isDeepStrictEqual({ ...known.attributes }, attributes)) return [];
  checkAdministers(work, { kind: "account", id: await accountIdOf(transaction, account) });
  const details = changed("attributes", attributesText(known?.attributes ?? {}), attributesText(attributes));
  if (known === undefined) await addGroup(transaction, { kind: "group", name, account, attributes, origin });
  else await changeGroup(transaction, { kind: "group", name, attributes: { ...without(known), ...attributes } });
  const inAccount = known === undefined && account !== "main" ? [`in the account ${account}`] : [];
  return [groupChange(name, known === undefined ? "add" : "change", { details: [...inAccount, ...details] })];
}

function inAnotherAccount(name: string, account: string): HeadgateError {
  return new HeadgateError("DECLARATION_INVALID", {
    message: `the group ${name} belongs to the account ${account}, and a group stays in its account`,
    remedy: "give the group of the other account another name",
  });
}

/** A change that removes every attribute. */
function without({ attributes }: Group): Readonly<Record<string, null>> {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, null]));
}

function attributesText(attributes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, text]) => `${name}=${text}`).join(" ");
}

async function endGroup(work: AccessWork, { name, account }: Group): Promise<AccessChange> {
  const { transaction, by } = work;
  checkAdministers(work, { kind: "account", id: await accountIdOf(transaction, account) });
  const fallen = await removeGroup(transaction, { kind: "group", name, by, isPlan: false });
  const falls = [
    ...fallen.grants,
    ...fallen.grantsToOthers,
    ...fallen.members.map((member) => `the membership of ${member}`),
    ...fallen.memberOf.map((container) => `the membership in ${container}`),
    ...fallen.answersFor.map((gap) => `the ${gap}`),
  ];
  return groupChange(name, "remove", { falls });
}

interface GroupFacts {
  readonly details?: readonly string[];
  readonly falls?: readonly string[];
}

function groupChange(
  name: string,
  change: AccessChange["change"],
  { details = [], falls = [] }: GroupFacts,
): AccessChange {
  return { what: "group", name, change, details, falls, about: [{ kind: "group", name }] };
}
