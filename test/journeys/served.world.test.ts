/** What `headgate up` serves: health for anybody, everything else by token; its API described and answering as described. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

interface Api {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly post?: object; readonly get?: object }>>;
}

let home: string;
let source: SampleSource;
let at: CommandOptions;
let server: ReturnType<typeof startCommand>;
let origin: string;
let token: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-served-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key)");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  server = startCommand(["up", "--port", "0", "--json"], at);
  const [first] = (await once(server.process.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const address = new URL((JSON.parse(String(first)) as { address: string }).address);
  origin = address.origin;
  token = address.searchParams.get("token") ?? "";
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
});
afterAll(async () => {
  server.process.kill("SIGTERM");
  await server.result;
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
  fetch(origin + path, { headers });
const post = (path: string, body: string, type = "application/json") =>
  fetch(origin + path, { method: "POST", body, headers: { authorization: `Bearer ${token}`, "content-type": type } });
const api = async (): Promise<Api> => (await (await get("/api/openapi.json")).json()) as Api;

test("health is for anybody, nothing else is", async () => {
  expect((await get("/health", {})).status).toBe(200);
  for (const path of ["/", "/ready", "/metrics", "/api/openapi.json", "/api/docs", "/nowhere"])
    expect({ path, status: (await get(path, {})).status }).toEqual({ path, status: 401 });
  for (const path of Object.keys((await api()).paths).filter((name) => name.startsWith("/api/")))
    expect({ path, status: (await fetch(origin + path, { method: "POST" })).status }).toEqual({ path, status: 401 });
});

test("a schedule that is due is done by the server itself, and shown", async () => {
  await askCommand(["schedule", "set", "minutely", "--source", "shop", "--cron", "* * * * *"], at);
  const deadline = Date.now() + 90_000;
  let text = "";
  while (!text.includes('headgate_runs{source="shop",state="done"} 1') && Date.now() < deadline) {
    text = await (await get("/metrics")).text();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(text).toContain('headgate_source_tables{source="shop"} 1');
  expect(text).toMatch(/headgate_source_oldest_table_seconds{source="shop"} \d/);
  expect(await (await get("/ready")).json()).toEqual({ status: "ready" });
});

test("the API is described, for programs and for people", async () => {
  const { openapi, paths } = await api();
  expect(openapi).toBe("3.1.0");
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(["/health", "/api/operations/sync", "/api/operations/sql"]),
  );
  const page = await (await get("/api/docs")).text();
  for (const path of Object.keys(paths).filter((name) => name.startsWith("/api/"))) expect(page).toContain(path);
});

/** What no operation takes, however it is written. */
const nonsense = [
  "",
  "null",
  "[]",
  "7",
  '"x"',
  "{",
  '{"constructor":1}',
  '{"source":7}',
  '{"name":{}}',
  '{"sql":[]}',
  "\u0000",
];

test("whatever is sent to whichever operation, it is answered and nothing breaks", async () => {
  const paths = Object.keys((await api()).paths).filter((name) => name.startsWith("/api/"));
  for (const path of paths)
    for (const body of nonsense) {
      const response = await post(path, body);
      const text = await response.text();
      expect({ path, body, status: response.status }).toMatchObject({
        status: expect.toSatisfy((status) => status < 500),
      });
      expect(text).not.toContain("INTERNAL");
      expect(text).not.toContain("    at ");
    }
  expect((await post("/api/operations/status", "x".repeat(2_000_000))).status).toBe(413);
  expect((await post("/api/operations/status", "<a/>", "text/xml")).status).toBe(415);
  expect((await get("/health", {})).status).toBe(200);
});
