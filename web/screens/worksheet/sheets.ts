/**
 * The statements that a person works on, as tabs: kept on the device for each user and account, with every keystroke, so
 * that closing the page, the end of a session and a restart lose nothing. Another tab of the browser overwrites nothing.
 */
import type { Chart } from "../../../src/client/api-client.ts";
import type { Me } from "../../api/me.ts";

export interface Sheet {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** The kept query that it was opened from or saved as. */
  readonly query?: string | undefined;
  /** The text and the drawing that are kept under that query. */
  readonly keptText?: string | undefined;
  readonly chart?: Chart | undefined;
  readonly asOf?: string | undefined;
}

export interface Sheets {
  readonly open: readonly Sheet[];
  readonly current: string;
}

export interface PastRun {
  readonly text: string;
  readonly at: string;
  readonly facts: string;
}

const mostPastRuns = 50;

export function keptSheets(me: Me): Sheets {
  const kept = read<Sheets>(keyOf(me, "sheets"));
  if (kept !== undefined && kept.open.length > 0) return kept;
  const first = newSheet([], "");
  return { open: [first], current: first.id };
}

export function keepSheets(me: Me, sheets: Sheets): void {
  localStorage.setItem(keyOf(me, "sheets"), JSON.stringify(sheets));
}

export function newSheet(open: readonly Sheet[], text: string): Sheet {
  const numbers = open.map(({ title }) => Number(/^Query (\d+)$/.exec(title)?.[1] ?? 0));
  return {
    id: crypto.getRandomValues(new Uint32Array(2)).join("-"),
    title: `Query ${Math.max(0, ...numbers) + 1}`,
    text,
  };
}

export function pastRuns(me: Me): readonly PastRun[] {
  return read<readonly PastRun[]>(keyOf(me, "past runs")) ?? [];
}

export function keepRun(me: Me, run: PastRun): void {
  const others = pastRuns(me).filter(({ text }) => text !== run.text);
  localStorage.setItem(keyOf(me, "past runs"), JSON.stringify([run, ...others].slice(0, mostPastRuns)));
}

function keyOf({ name, account }: Me, kind: string): string {
  return `headgate ${kind} ${account ?? ""} ${name}`;
}

function read<Kept>(key: string): Kept | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null) ?? undefined;
  } catch {
    return undefined;
  }
}
