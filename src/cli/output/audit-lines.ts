/** An event of the audit log in words, for the list: what was asked, changed or sent. Ids are in its JSON. */
import type { PresentedEvent } from "../../operations/audit/audit-answers.ts";
import { shortInstant } from "./short-instant.ts";
import { count } from "./table.ts";

type Facts = Readonly<Record<string, unknown>>;

/** Undefined if there is nothing to add to the event's other columns. */
export function aboutEvent(event: PresentedEvent): string | undefined {
  const { because, outcome } = event;
  const { statement, what, isSelfGrant, from, until } = factsOf(event);
  const refusal = outcome === "done" || outcome === "begun" ? undefined : because;
  const parts = [
    isSelfGrant === true ? "granted to themselves" : undefined,
    statement ?? changeText(what) ?? refusal,
    ...limitsOf(event),
    sentText(event),
    from === undefined ? undefined : `from ${String(from)}`,
    until === undefined ? undefined : `until ${shortInstant(String(until))}`,
  ].filter((part) => part !== undefined && part !== null && part !== "");
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** `ann`, `key:nightly`, or `ann as role:keeper`. */
export function actorText({ principal, principalKind, assumedRole }: PresentedEvent): string {
  const actor = principalKind === "service" ? `key:${principal}` : principal;
  return assumedRole === undefined ? actor : `${actor} as role:${assumedRole.name}`;
}

function factsOf({ details }: PresentedEvent): Facts {
  return (details ?? {}) as Facts;
}

/** The facts of a change as `name value`, without those that are not set and without ids. */
function changeText(what: unknown): string | undefined {
  if (typeof what === "string") return what;
  if (typeof what !== "object" || what === null) return undefined;
  const { permissions, on, to, from, until, ...facts } = what as Facts;
  const isGrant = Array.isArray(permissions);
  const first = isGrant ? [grantText({ permissions, on, to, from })] : factText(["to", to]);
  const begins = isGrant && to === undefined ? [] : factText(["from", from]);
  const texts = [...first, ...Object.entries(facts).flatMap(factText), ...begins, ...factText(["until", until])];
  return texts.join(", ") || undefined;
}

function grantText({ permissions, on, to, from }: Facts & { readonly permissions: readonly unknown[] }): string {
  const whom = to === undefined ? `from ${String(from)}` : `to ${String(to)}`;
  return `${permissions.join(", ")} on ${String(on)} ${whom}`;
}

function factText([name, value]: readonly [string, unknown]): readonly string[] {
  const text = valueText(value);
  if (text === "") return [];
  return [value === true ? wordsOf(name) : `${wordsOf(name)} ${text}`];
}

/** Empty for what is not set, and for ids. */
function valueText(value: unknown): string {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value))
    return value
      .map(itemText)
      .filter((text) => text !== "")
      .join(", ");
  if (typeof value === "object") return Object.entries(value).flatMap(factText).join(" ");
  return isId(value) ? "" : shortInstant(String(value));
}

/** `source shop add` for a step of a declaration. */
function itemText(item: unknown): string {
  if (typeof item !== "object" || item === null) return valueText(item);
  return Object.values(item)
    .map(valueText)
    .filter((text) => text !== "")
    .join(" ");
}

function isId(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(value);
}

/** `expires at` for `expiresAt`. */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

interface TableFacts {
  readonly table: string;
  readonly columns?: readonly string[];
  readonly filters?: readonly string[];
}

/** The parts of tables to which a query was kept. */
function limitsOf(event: PresentedEvent): readonly string[] {
  if (event.kind !== "query begin") return [];
  const tables = (factsOf(event)["tables"] ?? []) as readonly TableFacts[];
  return tables.flatMap(({ table, columns, filters = [] }) => {
    const limits = [
      columns === undefined ? "" : `only ${columns.join(", ")}`,
      filters.length === 0 ? "" : `by the ${filters.length === 1 ? "filter" : "filters"} ${filters.join(", ")}`,
    ].filter((text) => text !== "");
    return limits.length === 0 ? [] : [`of ${table} ${limits.join(" ")}`];
  });
}

function sentText({ kind, details }: PresentedEvent): string | undefined {
  const { rows, items, bytes, milliseconds } = details as Facts;
  if (kind !== "query end" && kind !== "download end") return undefined;
  const sent = kind === "query end" ? count(Number(rows), "row") : count(Number(items), "event");
  const size = bytes === undefined ? [] : [count(Number(bytes), "byte")];
  return [sent, ...size, `${Number(milliseconds).toLocaleString("en")} ms`].join(", ");
}
