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
    ...request.items.flatMap(itemFacts),
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

function itemFacts({ on, columns, rows }: PresentedRequest["items"][number]): readonly Fact[] {
  const name = on ?? "something that is gone";
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

/** 2026-12-01 09:30 UTC */
export function momentText(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
