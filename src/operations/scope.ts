/** How far somebody's rights go: the account that they act in, or all accounts. */
import type { HeadgateError } from "../errors.ts";
import { isOwner, type Asking } from "../governance/asking.ts";
import { decideFor, type Action } from "../governance/decide.ts";
import type { Securable } from "../governance/securable.ts";

/** A thing that somebody named. */
export interface Located {
  readonly securable: Securable;
  /** The error for somebody who may not know whether it exists. */
  readonly unknown?: HeadgateError | undefined;
}

/** For somebody who acts in no account, only a right on the lake helps. */
export function ownAccountOf({ accountId }: Pick<Asking, "accountId">): Securable {
  return accountId === undefined ? { kind: "lake" } : { kind: "account", id: accountId };
}

/** The name of the account that somebody acts in; undefined for none. */
export function ownAccountName({ policy, accountId }: Asking): string | undefined {
  return policy.accounts.get(accountId ?? "")?.name;
}

/** The name of a thing in a list: with its account in front of it if that is another one. */
export function nameInLists(
  { policy, accountId }: Asking,
  thing: { readonly name: string; readonly accountId: string },
) {
  const account = policy.accounts.get(thing.accountId)?.name;
  return thing.accountId === accountId || account === undefined ? thing.name : `${account}.${thing.name}`;
}

/** Whether somebody may know everything that there is: a right on one account is none on other accounts. */
export function knowsAll(asking: Asking): boolean {
  return mayInAllAccounts(asking, "watch");
}

export function mayInAllAccounts(asking: Asking, action: Action): boolean {
  const accounts = [...asking.policy.accounts.keys()];
  return isOwner(asking) || accounts.every((id) => decideFor(asking, action, { kind: "account", id }).allowed);
}
