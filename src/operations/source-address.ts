/**
 * Tries a source's new address or password before storing it. Everything that was loaded, set, scheduled and kept
 * stays.
 */
import { using } from "../base/cleanup.ts";
import { inTransaction } from "../db/transaction.ts";
import { HeadgateError } from "../errors.ts";
import { decideFor } from "../governance/decide.ts";
import { machine } from "../governance/resource.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import { discardPlans, readdressTables } from "../sync/settings/readdress-source.ts";
import type { ChangedAddress, RegisteredSource } from "../sync/settings/source-registry.ts";
import type { Source } from "../sync/source.ts";
import type { Context } from "./context.ts";
import type { Call } from "./operation.ts";

interface AskedAddress {
  readonly url: string | undefined;
  readonly password: string | undefined;
  readonly allDatabases: boolean;
}

export interface Readdressed {
  readonly server: Source["server"];
  /** In whole sentences. */
  readonly notes: readonly string[];
}

/** Waits for a run of the source to end. Throws what connecting throws, and USAGE; the old address then stays. */
export async function changeAddress(
  context: Context,
  { source, asked, call }: { source: RegisteredSource; asked: AskedAddress; call: Call },
): Promise<Readdressed> {
  checkPassword(source, { asked, call });
  const url = asked.url ?? source.url;
  return lockSource(context.db, { sourceId: source.id, report: call.report }, () =>
    using(context.sources.openChanged(source.name, { url, password: asked.password }), async (opened) => {
      await checkDatabase(opened, asked.allDatabases);
      const identity = await opened.identity();
      const isElsewhere = context.sources.addressOf(url) !== source.url;
      const notes = isElsewhere ? [await checkTables(context, { source, opened }), historyNote(source, identity)] : [];
      await store(context, { source, opened, isElsewhere, address: { url, password: asked.password, identity } });
      return { server: opened.server, notes: notes.filter((note) => note !== undefined) };
    }),
  );
}

/**
 * Prevents anybody but the owner of the data directory from sending a stored password to a server of their own.
 * Throws USAGE.
 */
function checkPassword(source: RegisteredSource, { asked, call }: { asked: AskedAddress; call: Call }): void {
  const { url, password } = asked;
  if (url === undefined || password !== undefined || !URL.canParse(url)) return;
  const [before, now] = [new URL(source.url), new URL(url)];
  if (now.password !== "" || (before.host === now.host && before.search === now.search)) return;
  if (decideFor(call.asking, "administer", machine).allowed) return;
  throw new HeadgateError("USAGE", {
    place: source.name,
    message: "the stored password is not sent to another host",
    remedy: "give the password together with the new address",
  });
}

/**
 * An address without a database would load every database of the server, under unexpected names.
 * Throws USAGE with the databases that exist.
 */
export async function checkDatabase(source: Source, allDatabases: boolean): Promise<void> {
  if (source.mainSchema !== undefined || allDatabases) return;
  const schemas = [...new Set((await source.discover()).map(({ name }) => name.schema))];
  const found =
    schemas.length === 0
      ? "this user sees no database that has tables"
      : `this user sees the databases ${schemas.join(", ")}`;
  throw new HeadgateError("USAGE", {
    place: "the source's address",
    message: `the address names no database; ${found}`,
    remedy: "end the address with /<database>, or load all databases with --all-databases",
  });
}

/**
 * The path of a directory is no address of a database that could be empty: it is given because files are there.
 * Throws USAGE.
 */
export async function checkDirectory(source: Source, url: string): Promise<void> {
  if (URL.canParse(url) || (await source.discover()).length > 0) return;
  throw new HeadgateError("USAGE", {
    place: url,
    message: "this directory has no files as AWS DMS writes them: <schema>/<table>/LOAD00000001.csv and the like",
    remedy:
      "give the folder that has a folder for each schema; if DMS has not written yet, write dms-files+file://<path>",
  });
}

/** Throws SOURCE_TABLE_NOT_FOUND if none of the loaded tables exists there. */
async function checkTables(
  { db }: Context,
  { source, opened }: { source: RegisteredSource; opened: Source },
): Promise<string | undefined> {
  const loaded = await db
    .selectFrom("positions")
    .select("source_name")
    .where("source_id", "=", source.id)
    .orderBy("source_name")
    .execute();
  const there = new Set((await opened.discover()).map(({ name }) => name.name));
  const missing = loaded.map((row) => row.source_name).filter((name) => !there.has(name));
  if (missing.length === 0) return undefined;
  const names = `${missing.slice(0, 5).join(", ")}${missing.length > 5 ? " …" : ""}`;
  if (missing.length < loaded.length)
    return `${missing.length} of ${loaded.length} tables do not exist at the new address and stay as they are: ${names}`;
  throw new HeadgateError("SOURCE_TABLE_NOT_FOUND", {
    place: source.name,
    message: `none of the ${loaded.length} tables that ${source.name} has in the lake exists at this address: ${names}`,
    remedy:
      "check the database in the address; to load another database, add it as another source with `headgate source add`",
  });
}

function historyNote({ identity: before }: RegisteredSource, now: string | undefined): string {
  if (before !== undefined && before === now)
    return "this is the same server and database; the next sync compares each table once";
  const what =
    before === undefined || now === undefined
      ? "Headgate cannot tell whether this is the same server"
      : "this is another server, or the same one after a restore";
  return `${what}: the next sync compares each table with it and changes the rows that differ; nothing is loaded again`;
}

interface Storing {
  readonly source: RegisteredSource;
  readonly opened: Source;
  readonly isElsewhere: boolean;
  readonly address: ChangedAddress;
}

async function store(context: Context, { source, opened, isElsewhere, address }: Storing): Promise<void> {
  if (isElsewhere) await discardPlans(context, source.id);
  await inTransaction(context.db, async (transaction) => {
    await context.sources.within(transaction).change(source.name, { address });
    if (isElsewhere) await readdressTables(transaction, { source, mainSchema: opened.mainSchema });
  });
}
