/** Keys, groups and roles for canaries. Nobody learns the text of a key: it is made and forgotten. */
import { must } from "../../base/must.ts";
import { assume } from "../../identity/acting.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import { HeadgateError } from "../../errors.ts";
import type { Principal } from "../../identity/principal.ts";
import type { Role } from "../../db/tables.ts";
import type { Context } from "../context.ts";
import type { Operation } from "../operation.ts";
import { groupAdd, roleAdd } from "../people/groups.ts";
import { memberAdd, memberRemove } from "../people/members.ts";
import type { CanaryAccount } from "./canary-account.ts";
import { askAs } from "./canary-ways.ts";

export interface Canaries {
  readonly account: CanaryAccount;
  /** Asks as the owner of the data directory, acting in the account. Throws what the operation throws. */
  own<Input, Output>(operation: Operation<Input, Output>, input: unknown): Promise<Output>;
  /** The same as somebody else. */
  as<Input, Output>(principal: Principal, operation: Operation<Input, Output>, input: unknown): Promise<Output>;
  /** A key of the account, or of main, without any right or with the role. */
  key(name: string, more?: { readonly inMain?: boolean; readonly role?: Role }): Promise<Principal>;
  group(name: string): Promise<string>;
  role(name: string): Promise<string>;
  join(kind: "group" | "role", name: string, member: Principal): Promise<void>;
  leave(kind: "group" | "role", name: string, member: Principal): Promise<void>;
  assume(principal: Principal, role: string): Promise<Principal>;
}

export function canaryPeople(context: Context, account: CanaryAccount): Canaries {
  const as: Canaries["as"] = async (principal, operation, input) => {
    const { answer } = await askAs(context, principal, { operation, input });
    if (answer === undefined)
      throw new HeadgateError("NOT_ALLOWED", { message: `${operation.name} was refused to ${principal.name}` });
    return answer;
  };
  const own: Canaries["own"] = (operation, input) => as(account.owner, operation, input);
  const nameOf = (name: string): string => `${account.name}-${name}`;
  return {
    account,
    own,
    as,
    async key(name, { inMain = false, role = "none" } = {}) {
      const where = inMain ? {} : { account: account.name };
      const key = await createKey(context.db, { name: nameOf(name), role, expiresAt: undefined, by: null, ...where });
      return must(await principalOfKey(context.db, key), "a new key");
    },
    async group(name) {
      await own(groupAdd, { name: nameOf(name), account: account.name });
      return nameOf(name);
    },
    async role(name) {
      await own(roleAdd, { name: nameOf(name), account: account.name });
      return nameOf(name);
    },
    join: async (kind, name, { name: member }) => void (await own(memberAdd, { kind, name, member: `key:${member}` })),
    leave: async (kind, name, { name: member }) =>
      void (await own(memberRemove, { kind, name, member: `key:${member}` })),
    assume: (principal, role) => assume(context.db, principal, role),
  };
}
