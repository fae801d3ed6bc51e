/**
 * The contents of mails about share requests, as text and as HTML.
 * Invariant: whatever people wrote is text in it, never a part of it.
 */
import type { PresentedRequest } from "../present-request.ts";

export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface DecisionLinks {
  readonly approve: string;
  readonly deny: string;
  readonly expiresAt: Date;
}

interface Content {
  readonly title: string;
  readonly lead: string;
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly links: readonly (readonly [label: string, url: string])[];
  readonly end: string;
}

export function decisionMail(request: PresentedRequest, links: DecisionLinks, isReminder: boolean): WrittenMail {
  const expiry = `These links can be used until ${day(links.expiresAt.toISOString())}, by you alone, after you have signed in.`;
  return written(request, {
    title: `${isReminder ? "Reminder: d" : "D"}ata sharing request ${things(request)}`,
    lead: isReminder ? "A request still waits for your decision." : "A request waits for your decision.",
    facts: factsOf(request),
    links: [
      ["Approve", links.approve],
      ["Deny", links.deny],
    ],
    end: expiry,
  });
}

export function endedMail(request: PresentedRequest): WrittenMail {
  const state = request.state.replace("_", " ");
  const decisions = request.steps.flatMap(({ decisions: own }) => own);
  const deciders = decisions.map(({ by, verdict, comment }): [string, string] => [
    verdict === "approve" ? "Approved by" : "Denied by",
    `${by}${comment === null ? "" : `: ${comment}`}`,
  ]);
  return written(request, {
    title: `Data sharing request ${things(request)} is ${state}`,
    lead: `The request is ${state}${request.reason === null ? "." : `: ${request.reason}`}`,
    facts: [...factsOf(request), ...deciders],
    links: [],
    end: `See it with: headgate request show ${request.request}`,
  });
}

function things({ items }: PresentedRequest): string {
  const [first, ...more] = items.map(({ on }) => on ?? "something that is gone");
  return `${first ?? ""}${more.length === 0 ? "" : ` and ${more.length} more`}`;
}

function factsOf(request: PresentedRequest): Content["facts"] {
  const { sensitivity } = request;
  const marked = (sensitivity?.findings ?? []).map(
    ({ class: found, table, column }) => `${[table ?? "the database", column].filter(Boolean).join(" ")} (${found})`,
  );
  return [
    ["Request", request.request],
    ...request.items.flatMap(itemFacts),
    ["Target Account", request.for],
    ["Requester", `${request.requester}${request.others === 0 ? "" : ` and ${request.others} more`}`],
    ["Purpose", request.purpose],
    ...Object.entries(request.answers),
    ["Sensitivity", sensitivity?.class ?? "not judged"],
    ["Marked", marked.slice(0, 50).join(", ") || "nothing"],
    ["Until", request.until === null ? "no end" : day(request.until)],
  ];
}

function itemFacts({ on, columns, rows }: PresentedRequest["items"][number]): Content["facts"] {
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

function day(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}

function written({ request }: PresentedRequest, { title, lead, facts, links, end }: Content): WrittenMail {
  const lines = [
    lead,
    "",
    ...facts.map(([name, text]) => `${name}: ${text}`),
    "",
    ...links.map(([label, url]) => `${label}: ${url}`),
    ...(links.length === 0 ? [] : [""]),
    end,
  ];
  const rows = facts.map(
    ([name, text]) => `<tr><th align="left" valign="top">${escaped(name)}</th><td>${escaped(text)}</td></tr>`,
  );
  const buttons = links.map(([label, url]) => `<a href="${escaped(url)}">${escaped(label)}</a>`);
  return {
    subject: `${oneLine(title)} [${request}]`,
    text: lines.join("\n"),
    html: `<!doctype html><html lang="en"><body><p>${escaped(lead)}</p><table cellpadding="4">${rows.join("")}</table><p>${buttons.join(" &nbsp; ")}</p><p>${escaped(end)}</p></body></html>`,
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 200);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
