/** Changes that make the members of declared groups as declared; members that a command added stay. */
import { HeadgateError } from "../../errors.ts";
import { addNamedMember, membersOf, removeNamedMember } from "../../identity/change-members.ts";
import type { Member } from "../../identity/memberships.ts";
import { findMember, parsePrincipalName, principalLabel, type FoundPrincipal } from "../../identity/principal-name.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { isSelf } from "../../governance/is-self.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import type { DeclaredAccess, DeclaredMember } from "./declared-access.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

/** Members are removed before others are added, so that two groups can change places. */
export async function changeMembers(
  work: AccessWork,
  groups: DeclaredAccess["groups"],
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const wanted: WantedMembers[] = [];
  for (const [name, { account, members }] of Object.entries(groups))
    wanted.push(await resolve(work, { name, account, members, placeOf }));
  const changes: AccessChange[] = [];
  for (const group of wanted)
    for (const member of goneFrom(work, group)) changes.push(await remove(work, group, member));
  for (const group of wanted) for (const member of group.members) changes.push(...(await make(work, group, member)));
  return changes;
}

interface WantedMembers {
  readonly group: string;
  readonly account: string;
  readonly at: string;
  readonly members: readonly WantedMember[];
  readonly known: readonly Member[];
}

interface WantedMember {
  readonly at: string;
  readonly who: FoundPrincipal;
  readonly from: Date | undefined;
  readonly until: Date | undefined;
}

interface DeclaredMembers {
  readonly name: string;
  readonly account: string;
  readonly members: readonly DeclaredMember[];
  readonly placeOf: PlaceOf;
}

async function resolve(
  { transaction }: AccessWork,
  { name, account, members, placeOf }: DeclaredMembers,
): Promise<WantedMembers> {
  const found = new Map<string, WantedMember>();
  for (const [index, declared] of members.entries()) {
    const { member, from, until } = typeof declared === "string" ? { member: declared } : declared;
    const at = placeOf(["groups", name, "members", index]);
    const who = await placed(at, () => findMember(transaction, parsePrincipalName(member)));
    if (found.has(who.id)) throw namedTwice(at, { member: principalLabel(who), group: name });
    found.set(who.id, { at, who, from: moment(from), until: moment(until) });
  }
  const known = await membersOf(transaction, { kind: "group", name });
  return { group: name, account, at: placeOf(["groups", name]), members: [...found.values()], known };
}

function moment(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function namedTwice(place: string, { member, group }: { readonly member: string; readonly group: string }) {
  const message = `${member} is named twice as a member of the group ${group}`;
  return new HeadgateError("DECLARATION_INVALID", { place, message, remedy: "keep one of the two" });
}

function goneFrom({ origin }: AccessWork, { members, known }: WantedMembers): readonly Member[] {
  const declared = new Set(members.map(({ who }) => who.id));
  return known.filter((member) => member.origin === origin && !declared.has(member.id));
}

async function remove(work: AccessWork, { group, account, at }: WantedMembers, gone: Member): Promise<AccessChange> {
  const { transaction, by } = work;
  const member = principalLabel(gone);
  await placed(at, async () => {
    checkAdministers(work, { kind: "account", id: await accountIdOf(transaction, account) });
    await removeNamedMember(transaction, { kind: "group", name: group, member, by });
  });
  return memberChange({ group, member, change: "remove", details: [] });
}

async function make(
  work: AccessWork,
  { group, account, known }: WantedMembers,
  { at, who, from, until }: WantedMember,
): Promise<readonly AccessChange[]> {
  const { transaction, by, origin } = work;
  const had = known.find(({ id }) => id === who.id);
  const member = principalLabel(who);
  return placed(at, async () => {
    if (had !== undefined && had.origin !== origin)
      throw ofAnother(`the membership of ${member} in the group ${group}`, had.origin);
    const details = [
      ...changed("from", had?.from?.toISOString() ?? "", from?.toISOString() ?? ""),
      ...changed("until", had?.until?.toISOString() ?? "", until?.toISOString() ?? ""),
    ];
    if (had !== undefined && details.length === 0) return [];
    checkAdministers(work, { kind: "account", id: await accountIdOf(transaction, account) });
    await addNamedMember(transaction, { kind: "group", name: group, member, from, until, by, origin });
    const isSelfGrant = isSelf(work.asking, who.id);
    return [memberChange({ group, member, change: had === undefined ? "add" : "change", details, isSelfGrant })];
  });
}

interface OneMember extends Pick<AccessChange, "change" | "details" | "isSelfGrant"> {
  readonly group: string;
  readonly member: string;
}

function memberChange({ group, member, change, details, isSelfGrant }: OneMember): AccessChange {
  const name = `${member} in ${group}`;
  return {
    what: "member",
    name,
    change,
    details,
    falls: [],
    about: [{ kind: "group", name: group }],
    facts: { member },
    isSelfGrant,
  };
}
