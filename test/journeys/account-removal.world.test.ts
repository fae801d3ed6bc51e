/**
 * Kills the removal of an account at each of its crash points, as `kill -9` does: from its first step on nobody acts in it
 * or has a share of it, and the same command finishes it, with nothing left and nothing of others gone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { ownerIn } from "../../src/identity/acting.ts";
import type { Context } from "../../src/operations/context.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { accountAdd, accountList } from "../../src/operations/people/accounts.ts";
import { perform } from "../../src/operations/perform.ts";
import { shareCreate } from "../../src/operations/sharing/share-create.ts";
import { shareList } from "../../src/operations/sharing/share-list.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { sync } from "../../src/operations/sync.ts";
import { removalCrashPoints } from "../../src/writer/crash-points.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
import { lakeFiles } from "../world/lake.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";

let home: string;
let server: PostgresServer;
let at: CommandOptions;

const hold = () => holdHeadgate({ data: at.data, databaseUrl: at.environment?.["HEADGATE_DATABASE_URL"] ?? "" });

/** Performs an operation as the owner of the data directory, who acts in an account. */
async function ask<I, O>(context: Context, operation: Operation<I, O>, input: object, account = "main"): Promise<O> {
  const listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const principal = await ownerIn(context.db, account);
  return perform(context, { operation, input, principal, listener });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-account-removal-"));
  server = await startPostgres();
  await server.createDatabase("crm");
  const both = "create table people as select id, 'p' || id as name from generate_series(1, 50) id; ";
  await server.query(`${both} create table cars as select id from generate_series(1, 9) id`, [], { database: "crm" });
  await server.createDatabase("headgate");
  const { user, password, socketDirectory } = server;
  const url = `postgres://${user}:${password}@localhost/headgate?host=${encodeURIComponent(socketDirectory)}`;
  at = { data: join(home, "data"), environment: { HEADGATE_DATABASE_URL: url } };
  await using held = await hold();
  const { context } = held.session;
  for (const name of ["main", ...removalCrashPoints]) {
    if (name !== "main") await ask(context, accountAdd, { name });
    await ask(context, sourceAdd, { name: "crm", url: server.url("crm") }, name);
    await ask(context, sync, { source: "crm" }, name);
    if (name !== "main") await ask(context, shareCreate, { on: ["crm.people"], to: "account:main" }, name);
  }
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

test.each(removalCrashPoints)("a removal that is killed at %s is finished by the next one", async (name) => {
  const { code, stderr } = await runCommand(["account", "remove", name, "--yes", "--crash-at", name], at);
  expect({ code, stderr }).toMatchObject({ code: null });
  {
    await using held = await hold();
    const { context } = held.session;
    expect((await ask(context, accountList, {})).accounts).toContainEqual(
      expect.objectContaining({ name, removing: true }),
    );
    expect((await ask(context, shareList, {})).shares.filter(({ from }) => from === name)).toEqual([]);
    await expect(ownerIn(context.db, name)).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND" });
    await expect(ask(context, accountAdd, { name })).rejects.toMatchObject({ code: "NAME_TAKEN" });
  }
  expect(await askCommand(["account", "remove", name, "--yes"], at)).toMatchObject({ removed: name });
});

test("nothing is left but what the account that stays has", async () => {
  await using held = await hold();
  const { context } = held.session;
  expect((await ask(context, accountList, {})).accounts.map(({ name }) => name)).toEqual(["main"]);
  const roots = (await context.catalog.everything().entries()).map(({ location }) => location);
  expect(roots).toHaveLength(2);
  const strange = (await lakeFiles(context)).filter((file) => !roots.some((root) => file.startsWith(`${root}/`)));
  expect(strange).toEqual([]);
  expect(await held.rows("select count(*) from crm.people")).toEqual([[50]]);
});
