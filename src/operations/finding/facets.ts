/** Counts what was found by its kind, account, database, owners, tags, sensitivity, mark and state. */
import { sql } from "kysely";
import type { Asking } from "../../governance/asking.ts";
import type { Context } from "../context.ts";
import { nameInLists } from "../scope.ts";
import type { KnownDocument } from "./find-known.ts";

interface Count {
  readonly value: string;
  readonly count: number;
}

const mostValues = 50;

export async function facetsOf(context: Pick<Context, "db">, asking: Asking, known: readonly KnownDocument[]) {
  const counted = (valuesOf: (document: KnownDocument) => readonly string[]) => counts(known.map(valuesOf));
  const byId = counted(({ databaseId }) => (databaseId === null ? [] : [databaseId]));
  return {
    kind: counted(({ kind }) => [kind]),
    account: counted(({ accountId }) => [asking.policy.accounts.get(accountId)?.name ?? ""].filter(Boolean)),
    database: await named(context, asking, byId),
    owner: counted(({ owners }) => owners),
    tag: counted(({ tags }) => tags),
    sensitivity: counted(({ sensitivity }) => [sensitivity]),
    mark: counted(({ mark }) => (mark === null ? [] : [mark])),
    state: counted(({ state }) => [state]),
  };
}

function counts(values: readonly (readonly string[])[]): readonly Count[] {
  const found = new Map<string, number>();
  for (const value of values.flat()) found.set(value, (found.get(value) ?? 0) + 1);
  const sorted = [...found].toSorted(([one, count], [other, otherCount]) => {
    return otherCount - count || (one < other ? -1 : 1);
  });
  return sorted.slice(0, mostValues).map(([value, count]) => ({ value, count }));
}

/** With the account in front of the name, as in every list, if it is another one. */
async function named({ db }: Pick<Context, "db">, asking: Asking, byId: readonly Count[]): Promise<readonly Count[]> {
  const rows = await db
    .selectFrom("databases")
    .select(["id", "name", "account_id as accountId"])
    .where(sql<boolean>`id = any(${byId.map(({ value }) => value)}::uuid[])`)
    .execute();
  const names = new Map(rows.map((row) => [row.id, nameInLists(asking, row)]));
  return byId.flatMap(({ value, count }) => {
    const name = names.get(value);
    return name === undefined ? [] : [{ value: name, count }];
  });
}
