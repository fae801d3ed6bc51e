/**
 * People and rights in headgate.yaml, as a person works with them: planned, applied, changed beside it by commands,
 * applied again, killed in the middle, taken out.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AppliedPlan } from "../../src/operations/declaration/apply.ts";
import { askCommand, refusedCommand, runCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { lakeOf } from "../world/lake.ts";
import { startPostgres } from "../world/postgres-server.ts";

let home: string;
let file: string;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let held: HeldHeadgate;
let at: CommandOptions;
/** Another Headgate on the same metadata, which can be killed. */
let other: CommandOptions;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-rights-"));
  file = join(home, "headgate.yaml");
  postgres = await startPostgres({ directory: join(home, "metadata") });
  at = { data: join(home, "one") };
  const environment = { HEADGATE_DATABASE_URL: address(), HEADGATE_LAKE: lakeOf(home) };
  other = { data: join(home, "other"), environment };
  held = await holdHeadgate({ data: at.data, databaseUrl: address() });
  await askCommand(["user", "add", "ann", "--role", "none"], at);
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

function address(): string {
  const { user, password, socketDirectory } = postgres;
  return `postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`;
}

const declared = `# who works with us
organisation: { units: [europe] }
groups:
  analysts: { members: [ann] }
grants:
  - { to: "group:analysts", select: account main, grantable: true }
`;

async function apply(text: string, ...words: string[]): Promise<readonly string[]> {
  await writeFile(file, text);
  const { steps } = await askCommand<AppliedPlan>(["apply", file, ...words], at);
  return steps.map(({ change, what, name, falls }) => [change, what, name, ...falls].join(" "));
}
const groups = async (): Promise<readonly string[]> => {
  const list = await askCommand<{ groups: { name: string }[] }>(["group", "list"], at);
  return list.groups.map(({ name }) => name);
};
const grants = async (): Promise<readonly string[]> => {
  const list = await askCommand<{ grants: { to: string; origin: string | null }[] }>(["access", "grants"], at);
  return list.grants.map(({ to, origin }) => `${to} by ${origin ?? "a command"}`);
};

test("are planned in a table, applied once, and left alone the second time", async () => {
  await writeFile(file, declared);
  const { stdout } = await runCommand(["apply", file, "--dry-run"], at);
  expect(stdout.replaceAll(/ +/g, " ").split("\n").slice(2)).toEqual([
    "add unit europe",
    "add group analysts",
    "add member ann in analysts",
    "add grant SELECT on account main to group:analysts may be passed on",
    "4 changes would be applied",
    "",
  ]);
  expect(await groups()).toEqual([]);
  expect(await apply(declared)).toHaveLength(4);
  expect((await runCommand(["apply", file], at)).stdout).toBe("everything is as declared\n");
  expect((await runCommand(["apply", "--show"], at)).stdout).toBe(declared);
  expect((await runCommand(["access", "export", "--declared"], at)).stdout).toContain("- to: group:analysts\n");
});

test("stay beside what commands make", async () => {
  await askCommand(["group", "add", "guests"], at);
  await askCommand(["grant", "operate", "on", "account", "main", "to", "ann"], at);
  expect(await apply(declared)).toEqual([]);
  await writeFile(file, `${declared}\n`.replace("analysts: {", "guests: {}\n  analysts: {"));
  expect(await refusedCommand(["apply", file], at)).toMatchObject({
    code: "DECLARATION_INVALID",
    place: "headgate.yaml:4:11",
    message: expect.stringContaining("the group guests was made by a command"),
  });
  expect(await groups()).toEqual(["analysts", "guests"]);
});

test("are not there in part when an apply is killed in the middle", { timeout: 120_000 }, async () => {
  const wider =
    declared.replace("groups:", "groups:\n  staff: { members: [ann] }") + "  - { to: ann, describe: lake }\n";
  const blocker = new Client(address());
  await blocker.connect();
  await blocker.query("begin; lock table grants in share row exclusive mode");
  const before = await groups();
  await writeFile(file, wider);
  const killed = startCommand(["apply", file], other);
  await waitUntil(blocker, 1);
  killed.process.kill("SIGKILL");
  await killed.result;
  await blocker.query("rollback");
  await waitUntil(blocker, 0);
  await blocker.end();
  expect(await groups()).toEqual(before);
  expect(await grants()).toEqual(["ann by a command", "group:analysts by yaml"]);
  expect(await apply(wider)).toEqual([
    "add group staff",
    "add member ann in staff",
    "add grant DESCRIBE on lake to ann",
  ]);
});

/** Until so many others wait for the table of grants. */
async function waitUntil(client: Client, count: number): Promise<void> {
  const waiting = "select count(*)::int as count from pg_locks where relation = 'grants'::regclass and not granted";
  for (;;) {
    const { rows } = await client.query<{ count: number }>(waiting);
    if (rows[0]?.count === count) return;
    await delay(50);
  }
}

test("end when they are taken out, with what hangs on them, and nothing else", async () => {
  expect(await apply("", "--dry-run")).toEqual(await apply(""));
  expect(await groups()).toEqual(["guests"]);
  expect(await grants()).toEqual(["ann by a command"]);
  expect((await runCommand(["access", "export", "--declared"], at)).stdout).toBe("{}\n");
});
