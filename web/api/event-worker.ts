/** The shared worker that holds the browser's one stream of events, and passes each event on to all tabs. */

interface Joining extends Event {
  readonly ports: readonly MessagePort[];
}

const ports = new Set<MessagePort>();
const retryMs = 10_000;
let source: EventSource | undefined;

addEventListener("connect", (event) => {
  const [port] = (event as Joining).ports;
  if (port === undefined) return;
  ports.add(port);
  port.addEventListener("message", () => leave(port));
  port.start();
  open();
});

function open(): void {
  if (source !== undefined && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource("/api/events");
  source.addEventListener("run", () => {
    for (const port of ports) port.postMessage("run");
  });
  // The browser connects again by itself, unless the server has refused: then the session may have changed meanwhile.
  source.addEventListener("error", () => {
    if (source?.readyState === EventSource.CLOSED && ports.size > 0) setTimeout(open, retryMs);
  });
}

function leave(port: MessagePort): void {
  ports.delete(port);
  if (ports.size === 0) source?.close();
}
