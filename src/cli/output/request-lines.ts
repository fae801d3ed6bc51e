/** Share requests on a terminal: one as a whole, and many in a table. */
import { hiddenThings, leftText } from "../../operations/sharing/request-facts.ts";
import { printRecord } from "./record.ts";
import { printRows } from "./rows.ts";
import { shortInstant } from "./short-instant.ts";
import type { TextStream } from "./terminal.ts";

interface ShownColumns {
  readonly mode: "include" | "exclude";
  readonly names: readonly string[];
}

interface ShownItem {
  readonly on: string | null;
  readonly columns: ShownColumns | null;
  readonly rows: string | null;
  readonly leftOut: string | null;
}

interface ShownDecision {
  readonly by: string;
  readonly standing: string;
  readonly verdict: "approve" | "deny";
  readonly comment: string | null;
  readonly narrowed: boolean;
  readonly left: readonly ShownPart[];
  readonly until: string | null;
  readonly at: string;
}

interface ShownPart {
  readonly on: string;
  readonly columns: readonly string[] | null;
  readonly rows: string | null;
  readonly someRows: boolean;
  readonly masked: readonly string[];
}

interface ShownStep {
  readonly name: string;
  readonly state: string;
  readonly quorum: number;
  readonly dueAt: string | null;
  readonly waitsFor: readonly string[];
  readonly missing: number;
  readonly decisions: readonly ShownDecision[];
}

interface ShownFinding {
  readonly class: string;
  readonly table: string | null;
  readonly column: string | null;
}

export interface ShownRequest {
  readonly request: string;
  readonly state: string;
  readonly from: string;
  readonly for: string;
  readonly requester: string;
  readonly others: number;
  readonly purpose: string;
  readonly product: string | null;
  readonly terms: { readonly accepted: number | null; readonly current: number } | null;
  readonly items: readonly ShownItem[];
  readonly until: string | null;
  readonly sensitivity: {
    readonly class: string;
    readonly because: readonly string[];
    readonly findings: readonly ShownFinding[];
  } | null;
  readonly steps: readonly ShownStep[];
  readonly createdAt: string;
  readonly decideBy: string | null;
  readonly endedAt: string | null;
  readonly reason: string | null;
  readonly share: string | null;
  readonly yours: boolean;
}

export function printRequest(request: ShownRequest): void {
  const { sensitivity, until, decideBy, endedAt, reason, others, share } = request;
  printRecord({
    request: request.request,
    state: stateText(request),
    product: request.product ?? undefined,
    terms: termsText(request),
    asks: itemsText(request.items),
    from: request.from,
    for: request.for,
    requester: `${request.requester}${others === 0 ? "" : ` and ${others} more`}`,
    purpose: request.purpose,
    until: until === null ? undefined : shortInstant(until),
    sensitivity: sensitivity === null ? undefined : `${sensitivity.class}${findingsText(sensitivity.findings)}`,
    because: sensitivity?.because.join("; "),
    asked: shortInstant(request.createdAt),
    "decide by": decideBy === null ? undefined : shortInstant(decideBy),
    ended: endedAt === null ? undefined : shortInstant(endedAt),
    reason: reason ?? undefined,
    share: share ?? undefined,
  });
  for (const [index, step] of request.steps.entries()) process.stdout.write(`${stepLines(step, index).join("\n")}\n`);
  if (share !== null && request.for.startsWith("account:"))
    process.stdout.write(
      `whoever administers ${request.for} passes it on: headgate link list shows its name there, headgate grant gives it to people\n`,
    );
}

function stateText({ state, yours }: ShownRequest): string {
  return `${state.replace("_", " ")}${yours ? ", waits for you" : ""}`;
}

function termsText({ terms }: ShownRequest): string | undefined {
  if (terms === null) return undefined;
  const { accepted, current } = terms;
  const isOld = accepted !== current;
  return `version ${accepted ?? "none"} accepted${isOld ? `, and version ${current} holds now` : ""}`;
}

function itemsText(items: readonly ShownItem[]): string {
  const hidden = items.filter(({ on }) => on === null).length;
  const named = items.filter(({ on }) => on !== null).map(itemText);
  return [...named, ...(hidden === 0 ? [] : [hiddenThings(hidden)])].join("; ");
}

function itemText({ on, columns, rows, leftOut }: ShownItem): string {
  const words = [
    on ?? "",
    ...(columns === null ? [] : [`${columns.mode === "include" ? "only" : "without"} ${columns.names.join(", ")}`]),
    ...(rows === null ? [] : [`where ${rows}`]),
    ...(leftOut === null ? [] : [`(left out: ${leftOut})`]),
  ];
  return words.join(" ");
}

function findingsText(findings: readonly ShownFinding[]): string {
  const texts = findings.map(({ table, column }) => [table ?? "the database", column].filter(Boolean).join(" "));
  return texts.length === 0 ? "" : ` (${texts.slice(0, 10).join(", ")}${texts.length > 10 ? ", …" : ""})`;
}

function stepLines(step: ShownStep, index: number): readonly string[] {
  const { name, state, quorum, dueAt, waitsFor, missing, decisions } = step;
  const open = [
    ...(quorum > 1 ? [`${quorum} people`] : []),
    ...(waitsFor.length > 0 ? [`waits for ${waitsFor.join(", ")}`] : []),
    ...(missing === 0 ? [] : [`${missing} more people are needed than may decide`]),
    ...(dueAt === null ? [] : [`due ${shortInstant(dueAt)}`]),
  ];
  return [
    `step ${index + 1}  ${name}: ${state}${open.length === 0 ? "" : ` (${open.join("; ")})`}`,
    ...decisions.flatMap(decisionLines),
  ];
}

function decisionLines(decision: ShownDecision): readonly string[] {
  const { by, standing, verdict, comment, narrowed, left, until, at } = decision;
  const words = `${verdict === "approve" ? "approved" : "denied"}${narrowed ? " in part" : ""}`;
  const parts = left.map((part) => `${part.on}: ${leftText(part)}`);
  const limits = [...parts, ...(until === null ? [] : [`until ${shortInstant(until)}`])];
  return [
    `        ${shortInstant(at)} ${words} by ${by} (${standing})${comment === null ? "" : `: ${comment}`}`,
    ...limits.map((limit) => `          ${limit}`),
  ];
}

export function printRequests(
  requests: readonly ShownRequest[],
  none: string,
  stream: TextStream = process.stdout,
): void {
  const rows = requests.map((request) => ({
    request: request.request,
    state: stateText(request),
    asks: request.product === null ? itemsText(request.items) : `product ${request.product}`,
    for: request.for,
    requester: request.requester,
    asked: request.createdAt,
  }));
  printRows(rows, stream, { none, whole: ["request"] });
}
