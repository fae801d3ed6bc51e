/**
 * Tests what `headgate up` serves: health for everybody, everything else for known callers, and an API that behaves as
 * it is described.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

interface Api {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly post?: object; readonly get?: object }>>;
}

let home: string;
let source: SampleSource;
let at: CommandOptions;
let served: ServedHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-served-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key)");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password, HEADGATE_RATE_LIMIT: "100000" } };
  served = await serveHeadgate(at);
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
});
afterAll(async () => {
  await served.stop();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const api = async (): Promise<Api> => (await (await served.get("/api/openapi.json")).json()) as Api;
const operationPaths = async (): Promise<readonly string[]> =>
  Object.keys((await api()).paths).filter((name) => name.startsWith("/api/operations/"));

test("health and the way in are for anybody, nothing else is", async () => {
  expect((await served.get("/health", {})).status).toBe(200);
  expect((await served.get("/sign-in", {})).status).toBe(200);
  expect((await served.get("/", {})).headers.get("content-security-policy")).toContain("default-src 'none'");
  const { paths } = await api();
  const open = new Set(["/", "/health", "/sign-in", "/sign-in/providers", "/api/sign-in"]);
  for (const path of [...Object.keys(paths), "/api/docs", "/nowhere", "/HEALTH", "/health/../metrics", "//health"]) {
    if (open.has(path)) continue;
    for (const ask of [
      served.get(path, {}),
      served.post(path, "{}", {}),
      served.get(path, { authorization: "Bearer x" }),
    ])
      expect({ path, status: (await ask).status }).toEqual({ path, status: 401 });
  }
});

test("a schedule that is due is done by the server itself, and shown", async () => {
  await askCommand(["schedule", "set", "minutely", "--source", "shop", "--cron", "* * * * *"], at);
  const deadline = Date.now() + 90_000;
  let text = "";
  while (!text.includes('headgate_runs{source="shop",state="done"} 1') && Date.now() < deadline) {
    text = await (await served.get("/metrics")).text();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(text).toContain('headgate_source_tables{source="shop"} 1');
  expect(text).toMatch(/headgate_source_oldest_table_seconds{source="shop"} \d/);
  expect(await (await served.get("/ready")).json()).toEqual({ status: "ready" });
});

test("a run is told of as it goes, to its end", async () => {
  const events = await served.get("/api/events");
  expect(events.headers.get("content-type")).toBe("text/event-stream");
  const synced = await askCommand<{ run: string }>(["sync", "shop"], at);
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of events.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(synced.run) && text.includes('"state":"done"')) break;
  }
  const single = await (await served.get(`/api/runs/${synced.run}/events`)).text();
  expect(single).toMatch(/^event: run\ndata: \{.*"state":"done".*\}\n\nevent: end\ndata: \{\}\n\n$/);
  expect(await (await served.get("/api/runs/none/events")).text()).toContain("RUN_NOT_FOUND");
});

test("the API is described, for programs and for people", async () => {
  const { openapi, paths } = await api();
  expect(openapi).toBe("3.1.0");
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(["/health", "/api/sign-in", "/api/events", "/api/operations/sync", "/api/operations/sql"]),
  );
  const page = await (await served.get("/api/docs")).text();
  for (const path of await operationPaths()) expect(page).toContain(path);
});

/** Inputs that no operation accepts, however they are written. */
const nonsense = ["", "null", "[]", "7", '"x"', "{", '{"constructor":1}', '{"source":7}', '{"name":{}}', '{"sql":[]}'];

test("whatever is sent to whichever operation, it is answered and nothing breaks", async () => {
  const signIns = ["/api/sign-in", "/api/password"];
  for (const path of [...(await operationPaths()).filter((name) => !name.endsWith(".watch")), ...signIns])
    for (const body of [...nonsense, "\u0000"]) {
      const response = await served.post(path, body);
      const text = await response.text();
      expect({ path, body, status: response.status }).toMatchObject({
        status: expect.toSatisfy((status) => status < 500),
      });
      expect(text).not.toContain("INTERNAL");
      expect(text).not.toContain("    at ");
    }
  expect((await served.post("/api/operations/status", "x".repeat(2_000_000))).status).toBe(413);
  const type = { authorization: `Bearer ${served.key}`, "content-type": "text/plain" };
  expect((await served.post("/api/operations/status", "{}", type)).status).toBe(415);
  expect((await served.get("/health", {})).status).toBe(200);
});
