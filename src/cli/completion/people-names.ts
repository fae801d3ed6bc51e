/** Names of users, groups and whatever else people are managed with, for the word at the cursor. */
import type { Operation } from "../../operations/operation.ts";
import type { NameKind } from "./candidates.ts";

type Calling = <Input, Output>(operation: Operation<Input, Output>, input: Input) => Promise<Output>;
type Named = readonly { readonly name: string }[];

const all = { removed: false };

/** Loaded when it is asked for, so that completion begins at once. */
const listOf = {
  user: async (calling: Calling) =>
    (await calling((await import("../../operations/people/users.ts")).userList, all)).users.map(named),
  key: async (calling: Calling) =>
    (await calling((await import("../../operations/people/keys.ts")).keyList, {})).keys.map(named),
  group: async (calling: Calling) =>
    (await calling((await import("../../operations/people/groups.ts")).groupList, all)).groups.map(named),
  role: async (calling: Calling) =>
    (await calling((await import("../../operations/people/groups.ts")).roleList, all)).groups.map(named),
  account: async (calling: Calling) =>
    (await calling((await import("../../operations/people/accounts.ts")).accountList, {})).accounts.map(named),
  unit: async (calling: Calling) =>
    (await calling((await import("../../operations/people/units.ts")).unitList, {})).units,
  session: async (calling: Calling) =>
    (await calling((await import("../../operations/people/sessions.ts")).sessionList, {})).sessions.map(({ id }) => id),
  provider: async (calling: Calling) =>
    (
      await calling((await import("../../operations/people/identity-providers.ts")).identityProviderList, {})
    ).providers.map(named),
  member: membersFor,
} satisfies Partial<Record<NameKind, (calling: Calling) => Promise<readonly string[]>>>;

export type PeopleKind = keyof typeof listOf;

export function isPeopleKind(of: NameKind): of is PeopleKind {
  return Object.hasOwn(listOf, of);
}

export function peopleNames(of: PeopleKind, calling: Calling): Promise<readonly string[]> {
  return listOf[of](calling);
}

/** Whoever can be a member of a group or a role. */
async function membersFor(calling: Calling): Promise<readonly string[]> {
  const [users, groups, keys] = [await listOf.user(calling), await listOf.group(calling), await listOf.key(calling)];
  return [...users, ...groups.map((name) => `group:${name}`), ...keys.map((name) => `key:${name}`)];
}

function named({ name }: Named[number]): string {
  return name;
}
