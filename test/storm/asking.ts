/**
 * One call to Headgate's HTTP door, read to its end, and its outcome. Never throws for what the server did; the caller
 * judges that.
 */
import { once } from "node:events";
import { request, type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import { parseJson } from "../../src/base/json.ts";

/** A user whom the server knows, and the server's address. */
export interface Caller {
  readonly origin: string;
  /** An API key, or a session's cookie with the origin of our own page. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  /** `ok`, the code of an error, or `lost` if the answer was incomplete. */
  readonly outcome: string;
  /** Says in words what is wrong. */
  readonly message: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly result: Readonly<Record<string, unknown>>;
  /** `name=value` of a new session. */
  readonly cookie: string;
}

export interface AskOptions {
  /** Disconnects. */
  readonly signal?: AbortSignal | undefined;
  /** By default a separate connection. */
  readonly agent?: Agent | undefined;
}

/** An operation, such as `sql` or `user.set`. */
export function askOperation(
  caller: Caller,
  { operation, input, ...options }: AskOptions & { operation: string; input: object },
): Promise<Answer> {
  return post(caller, { path: `/api/operations/${operation}`, input, ...options });
}

export async function post(
  caller: Caller,
  { path, input, ...options }: AskOptions & { path: string; input: object },
): Promise<Answer> {
  try {
    const response = await responseOf(begin(caller, { path, input, ...options }));
    response.setEncoding("utf8");
    let text = "";
    for await (const chunk of response) text += chunk;
    return answerOf(text, response);
  } catch (failure) {
    return { ...nothing, message: String(failure) };
  }
}

/** Sends a request and leaves the answer to the caller. */
export function begin(
  { origin, headers }: Caller,
  { path, input, signal, agent }: AskOptions & { path: string; input?: object | undefined },
): ClientRequest {
  const asking = request(origin + path, {
    method: input === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json", ...headers },
    ...(signal === undefined ? {} : { signal }),
    agent: agent ?? false,
  });
  // The failure also reaches the reader of the answer; without a listener it would end this process.
  asking.on("error", () => undefined);
  asking.end(input === undefined ? undefined : JSON.stringify(input));
  return asking;
}

/** Throws if there is none. */
export async function responseOf(asking: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  response.on("error", () => undefined);
  return response;
}

const nothing: Answer = { outcome: "lost", message: "", rows: [], result: {}, cookie: "" };

interface Line {
  readonly item?: { readonly rows?: readonly (readonly unknown[])[] };
  readonly result?: Answer["result"];
  readonly error?: { readonly code: string; readonly message?: string };
}

function answerOf(text: string, { statusCode, headers }: IncomingMessage): Answer {
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseJson(line) as unknown as Line);
  const last = lines.at(-1);
  const cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  if (last?.error !== undefined)
    return { ...nothing, outcome: last.error.code, message: last.error.message ?? "", cookie };
  // Signing in is answered with a single document that is not wrapped.
  const isPlain = last !== undefined && last.item === undefined && last.result === undefined && statusCode === 200;
  const result = last?.result ?? (isPlain ? (last as Answer["result"]) : undefined);
  if (result === undefined) return { ...nothing, message: `status ${statusCode}, ${text.length} characters` };
  return { ...nothing, outcome: "ok", rows: lines.flatMap(({ item }) => item?.rows ?? []), result, cookie };
}
