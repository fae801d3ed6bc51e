/** The command line of somebody who has no data directory: they sign in to a server, and work there as themselves. */
import { mkdtemp, readFile, rm, stat, chmod } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const password = "correct horse battery staple";
const cleanup = openCleanup();
let home: string;
let served: ServedHeadgate;
/** Whoever runs the server. */
let at: CommandOptions;
/** Ann, on a machine of her own. */
let ann: CommandOptions;
let oneTimePassword: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-at-a-server-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  const source = cleanup.use(await startPostgres());
  await source.createDatabase("shop");
  await source.query("create table orders as select n as id, 'x' as entry from generate_series(1, 100) n", [], {
    database: "shop",
  });
  at = { data: join(home, "data") };
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  await askCommand(["source", "add", "shop", source.url("shop")], at);
  await askCommand(["sync", "shop"], at);
  ({ oneTimePassword } = await askCommand<{ oneTimePassword: string }>(["user", "add", "ann"], at));
  await askCommand(["grant", "select", "on", "shop.orders", "to", "ann"], at);
  ann = {
    data: "",
    environment: {
      HEADGATE_LAKE: "",
      HEADGATE_SERVER: served.origin,
      XDG_CONFIG_HOME: join(home, "config"),
      FIRST: oneTimePassword,
      OWN: password,
    },
  };
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

const keptFile = () => join(home, "config/headgate/sign-ins.json");
const signIn = (...words: string[]) => ["sign-in", "ann", "--password-env", "OWN", ...words];

describe("before anybody has signed in", () => {
  test("a command says how to", async () => {
    expect(await refusedCommand(["sql", "select 1"], ann)).toMatchObject({
      code: "UNAUTHENTICATED",
      place: served.origin,
      remedy: expect.stringContaining(`headgate sign-in <user> --server ${served.origin}`),
    });
  });

  test("a password is not sent over an open network, and there must be a Headgate", async () => {
    const other = createServer((_request, response) => response.end("<h1>hello</h1>")).listen(0, "127.0.0.1");
    await once(other, "listening");
    const port = (other.address() as AddressInfo).port;
    const refusal = (server: string) => refusedCommand([...signIn(), "--server", server], ann);
    expect(await refusal("http://lake.example.org")).toMatchObject({ code: "SETTING_INVALID" });
    expect(await refusal("lake.example.org")).toMatchObject({ code: "SETTING_INVALID" });
    expect(await refusal(`http://127.0.0.1:${port}`)).toMatchObject({
      code: "SERVER_UNREACHABLE",
      message: expect.stringContaining("not as a Headgate does"),
    });
    other.close();
    await once(other, "close");
    expect(await refusal(`http://127.0.0.1:${port}`)).toMatchObject({
      code: "SERVER_UNREACHABLE",
      message: expect.stringContaining("ECONNREFUSED"),
    });
    await expect(stat(keptFile())).rejects.toThrow("ENOENT");
  });
});

describe("somebody who has signed in", () => {
  test("chooses a password first, and then has what they are granted", async () => {
    const first = ["sign-in", "ann", "--password-env", "FIRST", "--new-password-env", "OWN"];
    expect(await askCommand(first, ann)).toMatchObject({ kind: "user", name: "ann", account: "main", role: "none" });
    expect((await stat(keptFile())).mode & 0o777).toBe(0o600);
    expect(await askCommand(["whoami"], ann)).toMatchObject({ name: "ann" });
    const { stdout } = await runCommand(["sql", "--format", "csv", "select count(*) as orders from shop.orders"], ann);
    expect(stdout).toBe("orders\r\n100\r\n");
    expect(await refusedCommand(["user", "list"], ann)).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await refusedCommand(["sql", "select 1", "--account", "main"], ann)).toMatchObject({ code: "USAGE" });
  });

  test("does not have the sessions of a file that others can read", async () => {
    await chmod(keptFile(), 0o644);
    expect(await refusedCommand(["whoami"], ann)).toMatchObject({ code: "KEY_FILE_EXPOSED" });
    await chmod(keptFile(), 0o600);
  });

  test("a data directory that is named comes before the server of the environment, and both are one too many", async () => {
    const nowhere = join(home, "nowhere");
    expect(await refusedCommand(["status", "--data", nowhere], ann)).toMatchObject({ code: "NOTHING_HERE" });
    const both = ["status", "--data", nowhere, "--server", served.origin];
    expect(await refusedCommand(both, ann)).toMatchObject({ code: "SETTING_INVALID" });
  });

  test("is signed in until the session ends, by others or by themselves", async () => {
    await askCommand(["session", "end", "--user", "ann"], at);
    expect(await refusedCommand(["whoami"], ann)).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await refusedCommand(["sql", "select 1"], ann)).toMatchObject({
      code: "UNAUTHENTICATED",
      remedy: expect.stringContaining("headgate sign-in"),
    });
    await askCommand(signIn(), ann);
    const { cookie } = Object.values(
      JSON.parse(await readFile(keptFile(), "utf8")) as Record<string, { cookie: string }>,
    )[0] ?? {
      cookie: "",
    };
    const me = () => served.get("/api/me", { cookie });
    expect((await me()).status).toBe(200);
    expect(await askCommand(["sign-out"], ann)).toEqual({ wasSignedIn: true });
    expect((await me()).status).toBe(401);
    expect(await askCommand(["sign-out"], ann)).toEqual({ wasSignedIn: false });
    expect(await refusedCommand(["sql", "select 1"], ann)).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("may assume a role for the whole session", async () => {
    await askCommand(["role", "add", "keeper"], at);
    expect(await refusedCommand(signIn("--role", "keeper"), ann)).toMatchObject({ code: "ROLE_NOT_FOUND" });
    await askCommand(["role", "member", "add", "keeper", "ann"], at);
    expect(await askCommand(signIn("--role", "keeper"), ann)).toMatchObject({ kind: "role", name: "keeper" });
    expect(await refusedCommand(["sql", "select * from shop.orders"], ann)).toMatchObject({ code: "NOT_ALLOWED" });
    await askCommand(["sign-out"], ann);
  });

  test("with a wrong password, nobody is", async () => {
    expect(await refusedCommand(["sign-in", "ann", "--password-env", "FIRST"], ann)).toMatchObject({
      code: "SIGN_IN_REFUSED",
    });
    expect(await askCommand(["sign-out"], ann)).toEqual({ wasSignedIn: false });
  });
});

test("a program has its key in place of a session", async () => {
  const program = { ...ann, environment: { ...ann.environment, HEADGATE_KEY: served.key } };
  const { databases } = await askCommand<{ databases: { name: string }[] }>(["database", "list"], program);
  expect(databases.map(({ name }) => name)).toContain("shop");
  const wrong = { ...ann, environment: { ...ann.environment, HEADGATE_KEY: "hg_nothing" } };
  expect(await refusedCommand(["database", "list"], wrong)).toMatchObject({ code: "UNAUTHENTICATED" });
});
