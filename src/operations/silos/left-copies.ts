/**
 * Local copies of files of accounts that no longer have a lake of their own. A process removes them when it starts,
 * because others may have removed the account while it did not run.
 * Invariant: copies of an account with a lake stay, because reading them again costs requests to its store.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { codeOf } from "../../base/thrown.ts";
import { accountLakes } from "../../catalog/account-lakes.ts";
import type { Config } from "../../config.ts";
import type { Tables } from "../../db/tables.ts";

/** Where an account's copies lie that outlast a process. */
export function copiesOf({ dataDirectory }: Pick<Config, "dataDirectory">, accountId: string): string {
  return join(dataDirectory, "accounts", accountId);
}

export async function removeLeftCopies(db: Kysely<Tables>, config: Pick<Config, "dataDirectory">): Promise<void> {
  const withLake = new Set((await accountLakes(db)).map((lake) => lake.account_id));
  const left = (await accountsIn(copiesOf(config, ""))).filter((id) => !withLake.has(id));
  for (const id of left) await rm(copiesOf(config, id), { recursive: true, force: true });
}

async function accountsIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (failure) {
    if (codeOf(failure) === "ENOENT") return [];
    throw failure;
  }
}
