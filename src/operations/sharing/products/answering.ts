/** The owners and stewards of a product, who are named with it. They are stewards like those of databases and tables. */
import type { Kysely } from "kysely";
import { z } from "zod";
import { stewardRoles, type StewardRole, type Tables } from "../../../db/tables.ts";
import { addSteward, endStewards, stewardsOf } from "../../../governance/stewards.ts";
import { findMember, parsePrincipalName } from "../../../identity/principal-name.ts";

const people = z.array(z.string().min(1)).max(100);

export const answering = {
  owners: people
    .default([])
    .describe("Users by name, group:<name>, role:<name>. They decide on requests; by default whoever makes it."),
  stewards: people.default([]),
};

interface Author {
  readonly by: string | null;
  readonly origin: string | null;
}

interface Answering {
  readonly id: string;
  readonly owners?: readonly string[] | undefined;
  readonly stewards?: readonly string[] | undefined;
  /** The id of a person who becomes an owner. */
  readonly maker?: string;
  readonly author: Author;
}

/** Throws what finding a principal throws. */
export async function addAnswering(
  transaction: Kysely<Tables>,
  { id, owners = [], stewards = [], maker, author }: Answering,
): Promise<void> {
  const of = { kind: "product", id } as const;
  if (maker !== undefined) await addSteward(transaction, { of, role: "owner", principalId: maker }, author);
  for (const [role, names] of [["owner", owners] as const, ["steward", stewards] as const])
    for (const name of names) {
      const { id: principalId } = await findMember(transaction, parsePrincipalName(name));
      await addSteward(transaction, { of, role, principalId }, author);
    }
}

/**
 * Makes the owners or the stewards exactly those; a declaration ends only those whom a declaration has named. Returns the
 * roles that have changed.
 */
export async function replaceAnswering(
  transaction: Kysely<Tables>,
  { id, owners, stewards, author }: Omit<Answering, "maker">,
): Promise<readonly StewardRole[]> {
  const wanted: Readonly<Record<StewardRole, readonly string[] | undefined>> = { owner: owners, steward: stewards };
  const changed: StewardRole[] = [];
  for (const role of stewardRoles) {
    const names = wanted[role];
    if (names === undefined) continue;
    const open = (await stewardsOf(transaction, { ids: [id] })).filter((one) => one.role === role);
    const ids = new Set<string>();
    for (const name of names) ids.add((await findMember(transaction, parsePrincipalName(name))).id);
    const isOurs = (made: string | null): boolean => author.origin === null || made === author.origin;
    const going = open.filter(({ principalId, origin }) => !ids.has(principalId) && isOurs(origin));
    await endStewards(
      transaction,
      going.map((one) => one.id),
    );
    let added = 0;
    for (const principalId of ids)
      if (await addSteward(transaction, { of: { kind: "product", id }, role, principalId }, author)) added++;
    if (going.length + added > 0) changed.push(role);
  }
  return changed;
}
