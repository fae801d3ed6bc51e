/**
 * How a command works at a server (`--server`): over its API, as the person who signed in or as the program whose key
 * is given. The server decides what they may do; nothing of the data directory is opened.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { askOver, type Ask, type Posting } from "../../client/ask.ts";
import type { ServerConfig } from "../../config.ts";
import { HeadgateError } from "../../errors.ts";
import type { OwnersCall } from "../../server/hold-directory.ts";
import { linesOf, post } from "../post-lines.ts";
import type { Session } from "../session.ts";
import { keptSignIn } from "./kept-sign-ins.ts";

/** Throws UNAUTHENTICATED if nobody signed in and there is no key. */
export async function openServerSession(server: ServerConfig): Promise<Session> {
  const headers = await credentials(server);
  const ask = askOver(async (posting) => linesOf(await postTo(server, posting, headers)));
  return {
    call: (operation, input, call) => callAt(server, call, () => answer(ask, operation.name, input, call)),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The headers that say who asks. Throws UNAUTHENTICATED. */
export async function credentials({ origin, key, signIns }: ServerConfig): Promise<OutgoingHttpHeaders> {
  if (key !== undefined) return { authorization: `Bearer ${key}` };
  const kept = await keptSignIn(signIns, origin);
  if (kept === undefined) throw notSignedIn(origin);
  return { cookie: kept.cookie, origin };
}

/** Throws SERVER_UNREACHABLE, also if something else than a Headgate answers there. */
export async function postTo(
  { origin }: Pick<ServerConfig, "origin">,
  posting: Posting,
  headers: OutgoingHttpHeaders,
): Promise<IncomingMessage> {
  const response = await post({ origin }, posting, headers).catch((cause: unknown) => {
    throw posting.signal?.aborted === true ? cause : unreachable(origin, cause);
  });
  if (/^application\/(x-ndjson|json)\b/.test(response.headers["content-type"] ?? "")) return response;
  response.destroy();
  const message = `it answers with status ${response.statusCode}, and not as a Headgate does`;
  throw new HeadgateError("SERVER_UNREACHABLE", { place: origin, message });
}

function answer<Answer>(ask: Ask, operation: string, input: unknown, call: OwnersCall): Promise<Answer> {
  return ask(operation, input, { onProgress: call.report, onItem: call.emit, signal: call.signal });
}

/** Remedies are those of somebody who is at the other end of a network. */
async function callAt<Answer>(
  { origin, key }: ServerConfig,
  { account }: OwnersCall,
  call: () => Promise<Answer>,
): Promise<Answer> {
  if (account !== undefined)
    throw new HeadgateError("USAGE", {
      place: "--account",
      message: "at a server, a command works in the account that its session or its key is in",
      remedy: `\`headgate sign-in <user> --account ${account} --server ${origin}\``,
    });
  try {
    return await call();
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    if (failure.code === "UNAUTHENTICATED" && key === undefined) throw notSignedIn(origin);
    if (failure.code !== "SERVER_LOST") throw failure;
    const remedy = "run the command again; `headgate run list` says what became of a run";
    throw new HeadgateError("SERVER_LOST", { place: origin, message: "the connection ended early", remedy });
  }
}

function notSignedIn(origin: string): HeadgateError {
  return new HeadgateError("UNAUTHENTICATED", {
    place: origin,
    message: "you are not signed in there, or no longer",
    remedy: `sign in with \`headgate sign-in <user> --server ${origin}\`, or set HEADGATE_KEY to an API key`,
  });
}

export function unreachable(origin: string, cause: unknown): HeadgateError {
  return new HeadgateError("SERVER_UNREACHABLE", { place: origin, message: messageOf(cause), cause });
}

/** A connection that was tried at several addresses has a reason for each; `fetch` has the reason as its cause. */
function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === "") return messageOf(cause.errors[0]);
  if (cause instanceof TypeError && cause.cause !== undefined) return messageOf(cause.cause);
  return cause instanceof Error ? cause.message : String(cause);
}
