/** Tests what a webhook and a mailbox receive, and what is thrown if they do not accept it. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import type { Config } from "../config.ts";
import type { Alert } from "./alert.ts";
import { alertChannels } from "./alert-channels.ts";

const late: Alert = {
  state: "late",
  source: "shop",
  table: "main.a",
  freshAt: "2026-05-01T10:00:00.000Z",
  target: "30m",
};
const never: Alert = { ...late, table: "main.b", freshAt: null, error: "SOURCE_LOST: it went away" };
const fresh: Alert = { ...late, table: "main.c", state: "fresh again" };

const channel = (alerts: Partial<Config["alerts"]>) =>
  alertChannels({ alerts: { webhook: undefined, email: undefined, ...alerts } } as Config);

async function webhook(
  status: number,
): Promise<{ url: string; received: { body: string; type: string | undefined }[] }> {
  const received: { body: string; type: string | undefined }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
    received.push({ body: Buffer.concat(chunks).toString(), type: request.headers["content-type"] });
    response.writeHead(status).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

test("without an address there is no channel", () => {
  expect(channel({})).toEqual([]);
  const email = { server: "smtp://127.0.0.1:1", from: "a@b", to: ["c@d"] };
  expect(channel({ webhook: "http://127.0.0.1:1", email }).map(({ name }) => name)).toEqual(["webhook", "email"]);
});

test("a webhook gets all alerts in one request", async () => {
  const { url, received } = await webhook(204);
  await channel({ webhook: url })[0]?.send([late, fresh]);
  expect(received).toHaveLength(1);
  expect(received[0]?.type).toBe("application/json");
  expect(JSON.parse(received[0]?.body ?? "")).toEqual({ alerts: [late, fresh] });
});

test("rules that do not hold are told like tables that are late", async () => {
  const broken: Alert = { state: "rules broken", rules: ["mask", "tags"] };
  const { url, received } = await webhook(204);
  await channel({ webhook: url })[0]?.send([broken]);
  expect(JSON.parse(received[0]?.body ?? "")).toEqual({ alerts: [broken] });
});

test("a webhook that refuses, or is not there, did not take them", async () => {
  const { url } = await webhook(500);
  const refused = {
    code: "ALERT_NOT_SENT",
    place: new URL(url).origin,
    message: "the webhook answered with the status 500",
  };
  await expect(channel({ webhook: url })[0]?.send([late])).rejects.toMatchObject(refused);
  await expect(channel({ webhook: "http://127.0.0.1:1/hook" })[0]?.send([late])).rejects.toMatchObject({
    code: "ALERT_NOT_SENT",
    place: "http://127.0.0.1:1",
  });
});

async function mailbox(): Promise<{ server: string; mails: string[] }> {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    async onData(stream, _session, done) {
      mails.push(Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>)).toString());
      done();
    },
  });
  const listening = smtp.listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
  return { server: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`, mails };
}

test("people get one mail that says how many are late, and a line about each", async () => {
  const { server, mails } = await mailbox();
  const [email] = channel({ email: { server, from: "lake@example.org", to: ["ada@example.org", "bob@example.org"] } });
  await email?.send([late, never, fresh]);
  await email?.send([late]);
  await email?.send([fresh]);
  const text = mails.map((mail) => mail.replaceAll("=\r\n", ""));
  expect(text[0]).toContain("To: ada@example.org, bob@example.org");
  expect(text[0]).toContain("Subject: Headgate: 2 late, 1 fresh again");
  expect(text[0]).toContain("shop: main.a is as of 2026-05-01T10:00:00.000Z, and may be 30m old\r\n");
  expect(text[0]).toContain(
    "shop: main.b is as of never, and may be 30m old; its last sync failed: SOURCE_LOST: it went away",
  );
  expect(text[0]).toContain("shop: main.c is fresh again");
  expect(text[1]).toContain("Subject: Headgate: 1 late\r\n");
  expect(text[2]).toContain("Subject: Headgate: 1 fresh again\r\n");
});

test("a mail server that is not there did not take them", async () => {
  const [email] = channel({ email: { server: "smtp://127.0.0.1:1", from: "a@example.org", to: ["b@example.org"] } });
  await expect(email?.send([late])).rejects.toMatchObject({ code: "ALERT_NOT_SENT", place: "127.0.0.1:1" });
});
