/** Tests what a server writes to stderr while it runs: the events that an operator needs, and no secret. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate } from "../world/served-headgate.ts";

let home: string;
let source: SampleSource;
let at: CommandOptions;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-server-log-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key, note text)");
  await source.execute("insert into orders values (1, 'a value of a row')");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function logged(...words: readonly string[]): Promise<string> {
  const served = await serveHeadgate(at, ...words);
  await served.post("/api/sign-in", JSON.stringify({ user: "admin", password: "no secret of ours" }), {});
  const { key } = await askCommand<{ key: string }>(["key", "create", `k ${words.join(" ")}`, "--role", "viewer"], at);
  const authorization = `Bearer ${key}`;
  await served.post("/api/operations/sql", JSON.stringify({ sql: "select 'hidden text'" }), { authorization });
  await askCommand(["sync", "shop"], at);
  served.running.process.kill("SIGTERM");
  return (await served.running.result).stderr;
}

test("events have names, and neither passwords nor rows are among them", async () => {
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  const stderr = await logged("--log", "info");
  const lines = stderr.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as object] : []));
  const events = lines.map((line) => (line as { event: string }).event);
  expect(events).toEqual(
    expect.arrayContaining(["start", "sign-in refused", "refusal", "run begun", "commit", "run ended", "stop"]),
  );
  expect(lines.find((line) => "event" in line && line.event === "refusal")).toMatchObject({
    level: "warn",
    operation: "sql",
    because: expect.stringMatching(/^no grant allows .* to read/),
  });
  for (const secret of ["no secret of ours", "hidden text", "a value of a row", source.password])
    expect(stderr).not.toContain(secret);
});

test("a log of failures only leaves out what went well", async () => {
  const stderr = await logged("--log", "error");
  expect(stderr).not.toMatch(/"(start|commit|refusal|sign-in refused)"/);
});
