/**
 * Tells hooks of events, as long as the process lives: each hook in the order of the events, one process at a time. An
 * event that an address has accepted is not sent again, unless the process dies before it could write that down; the
 * receiver then knows it by its id.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { formatJson } from "../../../base/json.ts";
import { codeOf, messageOf } from "../../../base/thrown.ts";
import { withLockIfFree } from "../../../db/session-lock.ts";
import { listAccounts } from "../../../identity/accounts.ts";
import {
  deadOf,
  dueHook,
  forgetDead,
  markAccepted,
  markFailed,
  openHooks,
  passOver,
  type EventHook,
} from "../../../sharing/events/event-hooks.ts";
import { answerToken } from "../../../sharing/events/answer-token.ts";
import { eventsAfter, isOfType, noteWhatTimeDid, type SharingEvent } from "../../../sharing/events/sharing-event.ts";
import { signedHeaders } from "../../../sharing/events/signed-delivery.ts";
import { reach } from "../../../writer/crash-points.ts";
import type { Context } from "../../context.ts";
import { presentEvent, type Names } from "./present-event.ts";

type DeliveryParts = Pick<Context, "db" | "secrets" | "policies" | "config">;

const lookEveryMs = 1_000;
const troubleMs = 5_000;
const patienceMs = 10_000;
const eventsAtOnce = 100;

/** Resolves when the signal is aborted. */
export async function keepDelivering(
  parts: DeliveryParts,
  { signal, onTrouble }: { readonly signal: AbortSignal; onTrouble(failure: unknown): void },
): Promise<void> {
  while (!signal.aborted) {
    const wait = await deliverOnce(parts, signal).then(
      () => lookEveryMs,
      (failure: unknown) => {
        onTrouble(failure);
        return troubleMs;
      },
    );
    await delay(wait, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Notices what time did, and tries every hook that is due. One that answers slowly, or not at all, holds up the others for
 * a few seconds only. There is one lock for all hooks: each lock holds a connection, of which there are fewer than hooks.
 */
export async function deliverOnce(parts: DeliveryParts, signal: AbortSignal): Promise<void> {
  await noteWhatTimeDid(parts.db, new Date());
  const hooks = await openHooks(parts.db);
  const end = Date.now() + patienceMs;
  const isOver = (): boolean => signal.aborted || Date.now() >= end;
  await withLockIfFree(parts.db, "event hooks", () => Promise.all(hooks.map(({ id }) => tellHook(parts, id, isOver))));
}

async function tellHook(parts: DeliveryParts, id: string, isOver: () => boolean): Promise<void> {
  for (;;) {
    const hook = await dueHook(parts.db, id);
    if (hook === undefined || isOver()) return;
    const events = await eventsAfter(parts.db, { after: hook.position, limit: eventsAtOnce });
    if (events.length === 0) return;
    const names = await namesNow(parts);
    for (const event of events) if (isOver() || !(await tellOf(parts, { hook, event, names }))) return;
  }
}

async function namesNow({ db, policies }: DeliveryParts): Promise<Names> {
  const numbers = new Map((await listAccounts(db)).map(({ id, number }) => [id, number]));
  return { policy: await policies.current(), numbers };
}

interface Telling {
  readonly hook: EventHook;
  readonly event: SharingEvent;
  readonly names: Names;
}

/** Whether the next event may follow. */
async function tellOf(parts: DeliveryParts, { hook, event, names }: Telling): Promise<boolean> {
  const { sequence } = event;
  if (!isFor(hook, event)) {
    await passOver(parts.db, hook.id, sequence);
    return true;
  }
  const failure = await failureOf(parts, { hook, event, names });
  if (failure === undefined) reach("event-told", parts.config);
  if (failure === undefined) await markAccepted(parts.db, hook.id, sequence);
  else await markFailed(parts.db, hook, { sequence, failure });
  return failure === undefined;
}

function isFor(hook: EventHook, event: SharingEvent): boolean {
  const { account_id: account, types } = hook;
  const { type, sourceAccountId, targetId } = event;
  if (isAwaited(hook, event)) return true;
  return isOfType(type, types) && (account === null || account === sourceAccountId || account === targetId);
}

/** Whether a request waits for the answer of this system. It is told whatever else it wants to hear. */
function isAwaited({ id }: EventHook, { type, details }: SharingEvent): boolean {
  return type === "request.waiting" && details["system"] === id;
}

function bodyFor(secret: string, { hook, event, names }: Telling): string {
  const shown = presentEvent(event, names);
  const { step, round } = event.details;
  if (!isAwaited(hook, event) || typeof step !== "number" || typeof round !== "number" || event.requestId === null)
    return formatJson(shown);
  const token = answerToken(secret, { requestId: event.requestId, round, step: step - 1 });
  return formatJson({ ...shown, data: { ...shown.data, token } });
}

/** Undefined if the address accepted it. A redirect is a failure: nobody but the address that was given is told. */
async function failureOf({ secrets }: DeliveryParts, { hook, event, names }: Telling): Promise<string | undefined> {
  const timestamp = Math.floor(Date.now() / 1_000);
  try {
    const secret = secrets.open(hook.secret);
    const body = bodyFor(secret, { hook, event, names });
    const signed = signedHeaders(secret, { id: event.id, timestamp, body });
    const { status, body: answer } = await fetch(hook.url, {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json", ...signed },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer?.cancel();
    return status >= 200 && status < 300 ? undefined : `the address answered with the status ${status}`;
  } catch (failure) {
    return reasonOf(failure).slice(0, 500);
  }
}

/** An error of fetch says only that it failed; its cause says why. */
function reasonOf(failure: unknown): string {
  const cause = failure instanceof Error ? failure.cause : undefined;
  if (cause === undefined) return messageOf(failure);
  return `the address could not be reached: ${messageOf(cause) || codeOf(cause) || messageOf(failure)}`;
}

/** Sends again what was given up. Returns how many of them were accepted. */
export async function redeliverDead(parts: DeliveryParts, hook: EventHook): Promise<number> {
  let accepted = 0;
  const names = await namesNow(parts);
  for (const { sequence } of await deadOf(parts.db, hook.id)) {
    const where = sql<boolean>`sharing_events.sequence = ${sequence}`;
    const [event] = await eventsAfter(parts.db, { after: sequence - 1n, limit: 1, where });
    if (event === undefined || (await failureOf(parts, { hook, event, names })) !== undefined) continue;
    await forgetDead(parts.db, hook.id, sequence);
    accepted++;
  }
  return accepted;
}
