/**
 * Tests alerts: when tables become older than their target, an alert arrives once by webhook and e-mail, and another
 * one when they are fresh again.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceStatus } from "../../src/operations/status.ts";
import { askCommand, refusedCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

interface HookedAlert {
  readonly state: string;
  readonly table: string;
  readonly freshAt: string | null;
}

let home: string;
let source: SampleSource;
let at: CommandOptions;
const hooked: HookedAlert[] = [];
const mails: string[] = [];
let [isHookDown, isMailDown] = [true, false];

const hook = createServer(async (request, response) => {
  const { alerts } = JSON.parse(await text(request)) as { alerts: HookedAlert[] };
  if (!isHookDown) hooked.push(...alerts);
  response.writeHead(isHookDown ? 503 : 204).end();
});
const mailServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData(stream, _session, done) {
    if (isMailDown) {
      stream.resume();
      return stream.on("end", () => done(new Error("the disk is full")));
    }
    let mail = "";
    stream.on("data", (chunk: Buffer) => (mail += chunk));
    stream.on("end", () => {
      mails.push(mail);
      done();
    });
  },
});

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-alerts-"));
  hook.listen(0, "127.0.0.1");
  const mailing = mailServer.listen(0, "127.0.0.1");
  await Promise.all([once(hook, "listening"), once(mailing, "listening")]);
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key)");
  await source.execute("create table visits (id int)");
  const port = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
  at = {
    data: join(home, "data"),
    environment: {
      SHOP_PASSWORD: source.password,
      HEADGATE_ALERT_WEBHOOK: `http://127.0.0.1:${port(hook)}/hook`,
      HEADGATE_ALERT_EMAIL: "ops@example.org, data@example.org",
      HEADGATE_SMTP: `smtp://127.0.0.1:${port(mailing)}`,
    },
  };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["sync", "shop"], at);
});
afterAll(async () => {
  hook.close();
  mailServer.close();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !holds();) await delay(100);
  expect(holds()).toBe(true);
}

test("late and fresh again are told once each on every channel, also where the other one fails", async () => {
  await askCommand(["source", "set", "shop", "--freshness", "2s"], at);
  await askCommand(["table", "set", "shop.visits", "--freshness", "1d"], at);
  await delay(2_100);
  const [status] = (await askCommand<{ sources: SourceStatus[] }>(["status"], at)).sources;
  expect(status?.late).toEqual(["public.orders"]);
  const worker = startCommand(["worker"], at);
  let heard = "";
  worker.onLine((line) => (heard += line));
  await until(() => heard.includes("ALERT_NOT_SENT") && mails.length > 0);
  isHookDown = false;
  await until(() => hooked.length > 0);
  expect(hooked).toMatchObject([{ state: "late", source: "shop", table: "public.orders", target: "2s" }]);
  isMailDown = true;
  heard = "";
  await askCommand(["source", "set", "shop", "--freshness", "1d"], at);
  await until(() => hooked.length > 1 && heard.includes("ALERT_NOT_SENT"));
  await delay(6_000);
  isMailDown = false;
  await until(() => mails.length > 1);
  await delay(6_000);
  worker.process.kill("SIGTERM");
  await worker.result;
  expect(hooked.map(({ state }) => state)).toEqual(["late", "fresh again"]);
  expect(mails).toHaveLength(2);
  expect(mails[0]).toMatch(/^To: ops@example.org, data@example.org\r?$/m);
  expect(mails[0]).toMatch(/^Subject: Headgate: 1 late\r?$/m);
  expect(mails[0]).toMatch(/shop: public.orders is as of \d{4}-/);
  expect(mails[1]).toContain("shop: public.orders is fresh again");
});

test("addresses that are none are refused", async () => {
  const refused = (environment: Record<string, string>) =>
    refusedCommand(["status"], { ...at, environment: { ...at.environment, ...environment } });
  expect(await refused({ HEADGATE_ALERT_EMAIL: "nobody" })).toMatchObject({ code: "SETTING_INVALID" });
  expect(await refused({ HEADGATE_ALERT_WEBHOOK: "ftp://x" })).toMatchObject({ code: "SETTING_INVALID" });
  const { message } = await refused({ HEADGATE_SMTP: "smpt://user:secret@host" });
  expect(message).not.toContain("secret");
});
