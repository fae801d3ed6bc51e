/**
 * The facts about a share request that its approvers get, in mails and on the page where they decide.
 * Invariant: a name is always ours. Texts of whoever asks are values only, so that they cannot look like other facts.
 */
import type { PresentedRequest } from "./present-request.ts";

export type Fact = readonly [name: string, text: string];

export function requestFacts(request: PresentedRequest): readonly Fact[] {
  const { sensitivity } = request;
  const marked = (sensitivity?.findings ?? []).map(
    ({ class: found, table, column }) => `${[table ?? "the database", column].filter(Boolean).join(" ")} (${found})`,
  );
  return [
    ["Request", request.request],
    ...kindFacts(request),
    ...productFacts(request),
    ...thingFacts(request),
    targetFact(request.for),
    ["Requester", `${request.requester}${request.others === 0 ? "" : ` and ${request.others} more`}`],
    ["Purpose", request.purpose],
    ...Object.entries(request.answers).map(([question, answer]): Fact => ["Answer", `${question}: ${answer}`]),
    ["Sensitivity", sensitivity?.class ?? "not judged"],
    ["Marked", marked.slice(0, 50).join(", ") || "nothing"],
    ["Until", request.until === null ? "no end" : momentText(request.until)],
    ...missingFacts(request),
  ];
}

/** `account:analytics`, `unit:europe`, or the person or key that it is for. */
function targetFact(target: string): Fact {
  const [, kind] = /^(account|unit):/.exec(target) ?? [];
  if (kind === undefined) return ["Target", target];
  return [kind === "account" ? "Target Account" : "Target Unit", target];
}

function missingFacts({ steps }: PresentedRequest): readonly Fact[] {
  return steps
    .filter(({ missing }) => missing > 0)
    .map(({ name, missing }) => ["Approvers", `The step ${name} needs ${missing} more people than may decide in it`]);
}

function kindFacts({ kind, about }: PresentedRequest): readonly Fact[] {
  if (kind === "new") return [];
  const text =
    kind === "judgement"
      ? "Marked as sensitive or added since the share was approved at once; closed until somebody decides"
      : "A later end of a share";
  return [
    ["About", text],
    ["Share", about ?? ""],
  ];
}

function productFacts({ product, terms }: PresentedRequest): readonly Fact[] {
  if (product === null) return [];
  const accepted = terms === null ? [] : ([["Terms", `version ${terms.accepted ?? "none"} accepted`]] as const);
  return [["Product", product], ...accepted];
}

function thingFacts({ items }: PresentedRequest): readonly Fact[] {
  const hidden = items.filter(({ on }) => on === null).length;
  const facts = items.flatMap((item) => (item.on === null ? [] : itemFacts(item.on, item)));
  return hidden === 0 ? facts : [...facts, ["Hidden", hiddenThings(hidden)]];
}

/** For those of which the caller is told no name. */
export function hiddenThings(count: number): string {
  return count === 1
    ? "a thing whose name you may not know, or that is gone"
    : `${count} things whose names you may not know, or that are gone`;
}

function itemFacts(name: string, { columns, rows }: PresentedRequest["items"][number]): readonly Fact[] {
  const [, database = name, table = "(all tables)"] = /^(?:database )?(.+?)(?:\.([^.]+))?$/.exec(name) ?? [];
  const columnText =
    columns === null ? "all" : `${columns.mode === "include" ? "only" : "all but"} ${columns.names.join(", ")}`;
  return [
    ["Database", database],
    ["Table", table === "*" ? "(all tables)" : table],
    ["Columns", columnText],
    ...(rows === null ? [] : ([["Rows", rows]] as const)),
  ];
}

type Step = PresentedRequest["steps"][number];

/** The part that a decision left of what was asked for: `only id, country, where country = 'DE'`. */
export function leftText({ columns, rows, someRows, masked }: Step["decisions"][number]["left"][number]): string {
  const words = [
    ...(columns === null ? [] : [`only ${columns.join(", ") || "some columns"}`]),
    ...(rows === null ? (someRows ? ["only some rows"] : []) : [`where ${rows}`]),
    ...(masked.length === 0 ? [] : [`with ${masked.join(", ")} masked`]),
  ];
  return words.join(", ");
}

/** Everything by which approvers gave less than was asked for. */
export function leftFacts({ steps }: PresentedRequest): readonly Fact[] {
  const decisions = steps.flatMap((step) => step.decisions).filter(({ verdict }) => verdict === "approve");
  return decisions.flatMap(({ left, until }) => [
    ...left.map((part): Fact => ["Approved Part", `${part.on}: ${leftText(part)}`]),
    ...(until === null ? [] : [["Approved Until", momentText(until)] as const]),
  ]);
}

/** 2026-12-01 09:30 UTC */
export function momentText(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
