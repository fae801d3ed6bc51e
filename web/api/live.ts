/**
 * Keeps what is on the screen up to date: the server says that a run has begun, proceeded or ended, and what depends on
 * runs is asked for again. One stream serves all tabs of the browser where it has shared workers.
 */
import { cache } from "./client.ts";

/** Returns a function that stops. */
export function followRuns(): () => void {
  let waiting: number | undefined;
  const hear = (): void => {
    // Events of a busy run come many times a second; people cannot read that fast.
    waiting ??= window.setTimeout(() => {
      waiting = undefined;
      for (const key of dependent) void cache.invalidateQueries({ queryKey: [key] });
    }, 1_000);
  };
  return typeof SharedWorker === "undefined" ? followHere(hear) : followShared(hear);
}

const dependent = ["status", "runs", "tables", "table", "sources", "schedules"];

function followHere(hear: () => void): () => void {
  const source = new EventSource("/api/events");
  source.addEventListener("run", hear);
  return () => source.close();
}

function followShared(hear: () => void): () => void {
  const worker = new SharedWorker(new URL("./event-worker.ts", import.meta.url), { type: "module" });
  worker.port.addEventListener("message", hear);
  worker.port.start();
  return () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    worker.port.postMessage("leave");
    worker.port.close();
  };
}
