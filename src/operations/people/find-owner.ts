/**
 * Finds who is to own an account: a user by name, or by the e-mail address to which they were invited or have mails sent.
 * Nobody with the address is known: then they are invited, under a name that nobody has had.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { freeNames, nameFrom } from "../../identity/providers/name-from.ts";
import { userOfAddress, type InvitedUser } from "../../identity/person-invitations.ts";
import { getUser, inviteUser } from "../../identity/users.ts";
import { mailAddress } from "../mail-address.ts";
import { parseInput } from "../parse-input.ts";

interface WantedOwner {
  readonly account: string;
  readonly owner: string;
  readonly by: string | null;
  /** Throws if no mail can be sent. */
  checkMail(): unknown;
}

export interface FoundOwner extends InvitedUser {
  /** The address to which an invitation goes; undefined for somebody who was known. */
  readonly invited?: string | undefined;
}

/** Throws USER_NOT_FOUND, USAGE, and what `checkMail` throws. */
export async function findOwner(
  transaction: Kysely<Tables>,
  { account, owner, by, checkMail }: WantedOwner,
): Promise<FoundOwner> {
  if (!owner.includes("@")) {
    const { id, name } = await getUser(transaction, owner);
    return { id, name };
  }
  const address = parseInput("owner", mailAddress, owner);
  const known = await userOfAddress(transaction, address);
  if (known !== undefined) return known;
  checkMail();
  const name = await newName(transaction, address);
  const id = await inviteUser(transaction, { name, address, account, role: "administrator", by });
  return { id, name, invited: address };
}

async function newName(transaction: Kysely<Tables>, address: string): Promise<string> {
  const had = await transaction.selectFrom("principals").select("name").where("kind", "=", "user").execute();
  const taken = new Set(had.map(({ name }) => name));
  for (const name of freeNames(nameFrom(address))) if (!taken.has(name)) return name;
  throw new TypeError("there are no names left");
}
