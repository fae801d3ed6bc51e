/**
 * Runs the commands of "One silo per project" and "Sign in with your company's account" from top to bottom as they are
 * written. Only what a test cannot have is put in place of it: directories of its own, and a provider that it starts.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "../../src/base/must.ts";
import { authenticatorWith } from "../world/authenticator.ts";
import { askCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { guideBlocks, runBlock } from "../world/guide-blocks.ts";
import { startIdentityProvider, type IdentityProvider } from "../world/identity-provider.ts";
import { lakeOf } from "../world/lake.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser } from "../world/signed-in.ts";

let home: string;
let metadata: PostgresServer;
let source: SampleSource;
let at: CommandOptions;
let served: ServedHeadgate;
let company: IdentityProvider;
let databaseUrl: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-access-guides-"));
  metadata = await startPostgres({ directory: join(home, "metadata") });
  const address = `localhost/postgres?host=${encodeURIComponent(metadata.socketDirectory)}`;
  databaseUrl = `postgres://${metadata.user}:${metadata.password}@${address}`;
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table people (id int primary key, country text)");
  await source.execute("insert into people values (1, 'DE'), (2, 'FR')");
  const environment = { SHOP_PASSWORD: source.password, HEADGATE_DATABASE_URL: databaseUrl };
  at = { data: join(home, "data"), environment: { ...environment, HEADGATE_LAKE: lakeOf(join(home, "data")) } };
  served = await serveHeadgate(at);
  const client = { id: "headgate", secret: "a secret of sufficient length", origin: served.origin, name: "company" };
  company = await startIdentityProvider(client);
});
afterAll(async () => {
  await company?.[Symbol.asyncDispose]();
  await served?.stop();
  await source?.[Symbol.asyncDispose]();
  await metadata?.stop();
  await rm(home, { recursive: true, force: true });
});

/** Runs a block, which has to end well, after what stands in its way was replaced. */
async function run(commands: string, replacements: Readonly<Record<string, string>> = {}): Promise<string> {
  let text = `export HEADGATE_DATABASE_URL='${databaseUrl}'\n${commands}`;
  for (const [from, to] of Object.entries({ "/srv/": `${home}/srv-`, ...replacements }))
    text = text.replaceAll(from, to);
  const { code, printed, complaints } = await runBlock(text, { folder: home, data: at.data });
  expect({ commands, code, complaints: code === 0 ? "" : complaints }).toEqual({ commands, code: 0, complaints: "" });
  return printed;
}

/** The block that has these words. */
async function blockOf(page: string, words: string): Promise<string> {
  const found = (await guideBlocks(page)).filter(({ commands }) => commands.includes(words));
  expect(found, words).toHaveLength(1);
  return found[0]?.commands ?? "";
}

test("docs/guide/silos.md", async () => {
  const page = "silos.md";
  expect(await run(await blockOf(page, "account add hr"))).toContain(`${home}/srv-hr-lake`);
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD", "--account", "hr"], at);
  await askCommand(["sync", "shop", "--account", "hr"], at);
  // A lake on S3 with access keys of its own is set in test/peers/silos-s3.test.ts.
  expect(await blockOf(page, "s3://company-law/lake")).toContain("account add law");
  expect(await run(await blockOf(page, "account key rotate hr"))).toContain("it has 2 now");

  const [keys = "", command = ""] = (await blockOf(page, "account key worker hr")).split(/^(?=\.\/headgate worker)/m);
  await run(keys);
  const words = command
    .replaceAll("/srv/", `${home}/srv-`)
    .replace("postgres://…", databaseUrl)
    .replace("hr.key", join(home, "hr.key"))
    .trim()
    .split(" ");
  const data = join(home, "srv-hr-worker");
  const worker = startCommand(words.slice(1), { data, environment: { HEADGATE_LAKE: lakeOf(join(home, "data")) } });
  // This only shows that the worker starts; silo-worker.world.test.ts proves its work.
  expect(String((await once(must(worker.process.stderr, "a pipe"), "data"))[0])).toContain("working");
  worker.process.kill("SIGTERM");
  expect(await worker.result).toMatchObject({ code: 0 });

  expect(await run(await blockOf(page, "--max-bytes 500GB"))).toMatch(/10,?000/);
  await askCommand(["user", "add", "carla"], at);
  expect(await run(await blockOf(page, "grant select on hr.shop.people"))).toContain("2");
}, 180_000);

test("docs/guide/company-sign-in.md", async () => {
  const page = "company-sign-in.md";
  const secret = { "COMPANY_SECRET=…": "COMPANY_SECRET='a secret of sufficient length'" };
  await run(await blockOf(page, "identity-provider add company"), {
    "https://login.example.com": company.issuer,
    ...secret,
  });
  const ana = await newUser(served, at, "ana");
  await run(await blockOf(page, "identity link ana"));
  expect(await run(await blockOf(page, "--provisions company"))).toMatch(/^hgk_/);
  const send = async (path: string, input: object): Promise<Record<string, unknown>> => {
    const response = await served.post(path, JSON.stringify(input), ana.headers);
    expect(response.status).toBe(200);
    return JSON.parse((await response.text()).trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
  };
  const { secret: shown } = await send("/api/authenticator", { password: "correct horse battery staple" });
  await send("/api/authenticator/confirm", { code: authenticatorWith(String(shown)).code() });
  await run(await blockOf(page, "--require-codes yes"));
  await askCommand(["account", "set", "main", "--require-codes", "no"], at);
}, 180_000);

test("no block of the two guides is left out", async () => {
  expect((await guideBlocks("silos.md")).length).toBe(6);
  expect((await guideBlocks("company-sign-in.md")).length).toBe(4);
});
