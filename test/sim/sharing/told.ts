/**
 * Everybody who is told of steps: a mail server and an address of a hook, which remember what they accepted, and a process
 * that does the telling and is killed at a crash point of it.
 * Invariant of the end: each mail and each event was accepted; twice only where a process died before it could note that.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { openCleanup } from "../../../src/base/cleanup.ts";
import { hookAdd } from "../../../src/operations/sharing/events/hooks.ts";
import { deliverOnce } from "../../../src/operations/sharing/events/deliver-events.ts";
import { sendMails } from "../../../src/operations/sharing/mail/send-mails.ts";
import { mailSettings } from "../../../src/operations/send-mail.ts";
import { sharingCrashPoints } from "../../../src/writer/crash-points.ts";
import type { Random } from "../../soak/random.ts";
import type { TestFlags } from "../../world/lake.ts";
import { openMailbox, type Mailbox } from "../../world/mailbox.ts";
import type { PlainLake } from "../../world/plain-lake.ts";

export interface Told extends AsyncDisposable {
  readonly mailbox: Mailbox;
  /** The address of the hook. */
  readonly url: string;
  /** The ids of events in the order in which they came. */
  readonly events: readonly string[];
}

export async function openTold(): Promise<Told> {
  const cleanup = openCleanup();
  const mailbox = cleanup.use(await openMailbox());
  const events: string[] = [];
  const server = createServer((request, response) => {
    events.push(String(request.headers["webhook-id"]));
    request.resume().on("end", () => response.writeHead(204).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.defer(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { mailbox, url, events, [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose]() };
}

export async function addHook(lake: PlainLake, { url }: Told): Promise<string> {
  return (await lake.ask(hookAdd, { name: "tickets", url })).secret;
}

const program = fileURLToPath(new URL("killed-work.ts", import.meta.url));

export interface Killing {
  readonly flags: TestFlags;
  readonly random: Random;
}

/** Returns whether it was killed: some points are not reached where there is nothing to do. */
export async function killedWork({ flags, random }: Killing): Promise<boolean> {
  const crashAt = random.pick(sharingCrashPoints);
  const words = ["--disable-warning=ExperimentalWarning", program, JSON.stringify({ ...flags, crashAt })];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "inherit", "inherit"] });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  if (code !== 0 && signal !== "SIGKILL") throw new Error(`the work at ${crashAt} ended with ${code ?? signal}`);
  return signal === "SIGKILL";
}

/** Tells everything that is still to be told. A mail that a dead process has taken is due again at once. */
export async function tellAll({ context }: PlainLake): Promise<void> {
  const due = sql`update mail_outbox set next_at = clock_timestamp() where state = 'waiting'`;
  await due.execute(context.db);
  await Promise.all([
    sendMails(context, mailSettings(context.config)),
    sendMails(context, mailSettings(context.config)),
  ]);
  await deliverOnce(context, new AbortController().signal);
}

/** `kills`: how many processes died. Throws if something was lost, invented, or told twice by processes that live. */
export async function checkTold(lake: PlainLake, { mailbox, events }: Told, kills: number): Promise<void> {
  const { db } = lake.context;
  const outbox = await db.selectFrom("mail_outbox").select(["event", "state"]).execute();
  const mails = outbox.map(({ event, state }) => ({ id: messageIdOf(event), state }));
  // A mail that was sent by a process which died may be dropped later, when there is no reason for it any more.
  const known = mails.map(({ id }) => id);
  const wanted = mails.filter(({ state }) => state !== "dropped").map(({ id }) => id);
  const came = mailbox.mails.map((mail) => /^Message-ID: <([0-9a-f]+)@/im.exec(mail)?.[1] ?? "");
  checkCame("mails", { known, wanted, came, kills });
  const { rows } = await sql<{ id: string }>`select id from sharing_events`.execute(db);
  const ids = rows.map(({ id }) => id);
  checkCame("events", { known: ids, wanted: ids, came: events, kills });
}

function messageIdOf(event: string): string {
  return createHash("sha256").update(event).digest("hex");
}

interface Came {
  readonly known: readonly string[];
  readonly wanted: readonly string[];
  readonly came: readonly string[];
  readonly kills: number;
}

function checkCame(word: string, { known, wanted, came, kills }: Came): void {
  const [all, arrived] = [new Set(known), new Set(came)];
  const lost = wanted.filter((id) => !arrived.has(id)).length;
  const invented = came.filter((id) => !all.has(id)).length;
  const twice = came.length - arrived.size;
  if (lost === 0 && invented === 0 && twice <= kills) return;
  throw new Error(`${word}: ${lost} lost, ${invented} invented, ${twice} twice with ${kills} kills`);
}
