/** A `headgate up` in its own process, with an API key to call it that may administer it and read everything. */
import { once } from "node:events";
import { askCommand, startCommand, type CommandOptions, type RunningCommand } from "./command.ts";

export interface ServedHeadgate {
  readonly running: RunningCommand;
  readonly origin: string;
  /** The one-time password of the first start. */
  readonly first: { readonly user: string; readonly oneTimePassword: string } | undefined;
  readonly key: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export async function serveHeadgate(at: CommandOptions, ...more: readonly string[]): Promise<ServedHeadgate> {
  const running = startCommand(["up", "--port", "0", "--json", ...more], at);
  const [first] = (await Promise.race([
    once(running.process.stdout as NodeJS.ReadableStream, "data"),
    running.result.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ])) as [Buffer];
  const up = JSON.parse(String(first)) as { address: string; first?: ServedHeadgate["first"] };
  const name = `test ${process.hrtime.bigint()}`;
  const { key } = await askCommand<{ key: string }>(["key", "create", name, "--role", "administrator"], at);
  await askCommand(["grant", "select", "on", "account", "main", "to", `key:${name}`], at);
  const authorization = `Bearer ${key}`;
  return {
    running,
    origin: up.address,
    first: up.first,
    key,
    get: (path, headers = { authorization }) => fetch(up.address + path, { headers, redirect: "manual" }),
    post: (path, body, headers = { authorization }) =>
      fetch(up.address + path, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", ...headers },
      }),
    async stop() {
      running.process.kill("SIGTERM");
      await running.result;
    },
  };
}
