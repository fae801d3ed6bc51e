/**
 * Keeps what is on the screen up to date: the server says that a run has begun, proceeded or ended, or that a request or
 * a share has taken a step, and what depends on it is asked for again. One stream of each kind serves all tabs of the
 * browser where it has shared workers.
 */
import { cache } from "./client.ts";
import { followSharing } from "./follow-sharing.ts";

type Kind = "runs" | "sharing";

const dependent: Readonly<Record<Kind, readonly string[]>> = {
  runs: ["status", "runs", "tables", "table", "sources", "schedules"],
  sharing: ["requests", "shares", "access", "tables", "table", "search", "products", "links"],
};

/** Events of a busy run come many times a second; people cannot read that fast. */
const waitMs: Readonly<Record<Kind, number>> = { runs: 1_000, sharing: 100 };

/** Returns a function that stops. */
export function followEvents(kind: Kind): () => void {
  let waiting: number | undefined;
  const hear = (): void => {
    waiting ??= window.setTimeout(() => {
      waiting = undefined;
      for (const key of dependent[kind]) void cache.invalidateQueries({ queryKey: [key] });
    }, waitMs[kind]);
  };
  if (typeof SharedWorker !== "undefined") return followShared(kind, hear);
  return kind === "runs" ? followRunsHere(hear) : followSharing(hear);
}

function followRunsHere(hear: () => void): () => void {
  const source = new EventSource("/api/events");
  source.addEventListener("run", hear);
  return () => source.close();
}

function followShared(kind: Kind, hear: () => void): () => void {
  const worker = new SharedWorker(new URL("./event-worker.ts", import.meta.url), { type: "module" });
  worker.port.addEventListener("message", hear);
  worker.port.start();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
  worker.port.postMessage(kind);
  return () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    worker.port.postMessage("leave");
    worker.port.close();
  };
}
