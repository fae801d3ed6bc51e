/** Somebody who calls a served Headgate, with an API key of their own or in a session, and has only what they are granted. */
import { askCommand, type CommandOptions } from "./command.ts";
import type { ServedHeadgate } from "./served-headgate.ts";

export interface Person {
  readonly headers: Record<string, string>;
  ask(operation: string, input?: object): Promise<Answer>;
  rows(sql: string, asOf?: string): Promise<readonly unknown[][]>;
  /** Code and message of the refusal. */
  refusal(operation: string, input?: object): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly lines: readonly object[];
}

export interface Standing {
  /** By default none. */
  readonly role?: string;
  /** By default main. */
  readonly account?: string;
}

/** Their key has the name, so that grants to `key:<name>` are theirs. */
export async function personOf(
  served: ServedHeadgate,
  at: CommandOptions,
  name: string,
  standing: Standing = {},
): Promise<Person> {
  const { key } = await askCommand<{ key: string }>(["key", "create", name, ...standingWords(standing)], at);
  return personWithKey(served, key);
}

export function personWithKey(served: ServedHeadgate, key: string): Person {
  return personWith(served, { authorization: `Bearer ${key}` });
}

export function standingWords({ role = "none", account }: Standing): readonly string[] {
  return ["--role", role, ...(account === undefined ? [] : ["--account", account])];
}

/** Somebody whose requests have these headers. */
export function personWith(served: ServedHeadgate, headers: Record<string, string>): Person {
  const ask: Person["ask"] = async (operation, input = {}) => {
    const response = await served.post(`/api/operations/${operation}`, JSON.stringify(input), headers);
    const text = await response.text();
    const lines = text.trim().split("\n");
    return { status: response.status, text, lines: lines.map((line) => JSON.parse(line) as object) };
  };
  return {
    headers,
    ask,
    async rows(sql, asOf) {
      const { lines, text, status } = await ask("sql", { sql, asOf });
      if (status !== 200) throw new Error(text);
      return lines.flatMap((line) => (line as { item?: { rows?: unknown[][] } }).item?.rows ?? []);
    },
    async refusal(operation, input) {
      const { lines } = await ask(operation, input);
      const { error } = lines.at(-1) as { error?: { code: string; message: string } };
      return `${error?.code}: ${error?.message}`;
    },
  };
}
