/**
 * The shared worker that holds the browser's streams of events, one of runs and one of sharing, and passes each event on
 * to all tabs.
 */
import { followSharing } from "./follow-sharing.ts";

interface Joining extends Event {
  readonly ports: readonly MessagePort[];
}

const ports = new Map<MessagePort, Wish>();
const retryMs = 10_000;
let source: EventSource | undefined;
let stopSharing: (() => void) | undefined;

/** A tab says what it wants to hear of, or that it leaves. */
type Wish = "runs" | "sharing" | "leave";

addEventListener("connect", (event) => {
  const [port] = (event as Joining).ports;
  if (port === undefined) return;
  port.addEventListener("message", ({ data }: MessageEvent<Wish>) =>
    data === "leave" ? leave(port) : join(port, data),
  );
  port.start();
});

function join(port: MessagePort, wish: Wish): void {
  ports.set(port, wish);
  if (wish === "runs") openRuns();
  else stopSharing ??= followSharing(() => tell("sharing"));
}

function tell(what: Wish): void {
  for (const [port, wish] of ports) if (wish === what) port.postMessage(what);
}

function openRuns(): void {
  if (source !== undefined && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource("/api/events");
  source.addEventListener("run", () => tell("runs"));
  // The browser connects again by itself, unless the server has refused: then the session may have changed meanwhile.
  source.addEventListener("error", () => {
    if (source?.readyState === EventSource.CLOSED && isWanted("runs")) setTimeout(openRuns, retryMs);
  });
}

function isWanted(what: Wish): boolean {
  return [...ports.values()].includes(what);
}

function leave(port: MessagePort): void {
  ports.delete(port);
  if (!isWanted("runs")) source?.close();
  if (isWanted("sharing")) return;
  stopSharing?.();
  stopSharing = undefined;
}
