/**
 * Tests the API with requests generated from its own OpenAPI document: no 500, no hang, no answer without a known
 * caller, and nothing undocumented.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { peers } from "./set-up.ts";

/** These continue for as long as the client listens. */
const endless = ["/api/events", "/api/runs/{run}/events", "/api/operations/run.watch", "/api/operations/sharing.watch"];

const checks = [
  "fails_as_described",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "ignored_auth",
  "nothing_failed_inside",
];

let home: string;
let source: SampleSource;
let served: ServedHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-fuzz-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key, entry text)");
  await source.execute("insert into orders select n, 'x' from generate_series(1, 100) n");
  const at: CommandOptions = {
    data: join(home, "data"),
    environment: { SHOP_PASSWORD: source.password, HEADGATE_RATE_LIMIT: "10000000" },
  };
  served = await serveHeadgate(at);
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["sync", "shop"], at);
});
afterAll(async () => {
  await served.stop();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** Random requests of one operation, beside those that the document itself gives. */
const examples = process.env["HEADGATE_FUZZ_EXAMPLES"] ?? "25";

/** For a busy machine: on one that does nothing else, so many operations take some minutes. */
const mostMs = 1_800_000;

test(
  "whatever the document allows, and what it does not",
  async () => {
    const words = ["run", `${served.origin}/api/openapi.json`, "--header", `Authorization: Bearer ${served.key}`];
    words.push("--checks", checks.join(","), "--request-timeout", "20", "--max-examples", examples, "--seed", "1");
    words.push(
      "--phases",
      "examples,coverage,fuzzing",
      "--suppress-health-check",
      "all",
      "--warnings",
      "off",
      "--no-color",
    );
    for (const path of endless) words.push("--exclude-path", path);
    const child = spawn(join(peers.home, "python/bin/schemathesis"), words, {
      cwd: home,
      env: { ...process.env, SCHEMATHESIS_HOOKS: join(import.meta.dirname, "fuzz_checks.py") },
    });
    const [output, complaint, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    expect(status, `${output.slice(-6_000)}${complaint}`).toBe(0);
    expect(output).toMatch(/\d{3,} generated/);
    expect((await served.get("/health", {})).status).toBe(200);
  },
  mostMs,
);
