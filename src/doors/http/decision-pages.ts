/**
 * The pages behind the links in mails: they show a request and decide by a form, without any script.
 * Invariant: whatever people wrote is text on a page, never a part of the page.
 */
import type { PresentedError } from "../../base/present-error.ts";
import type { PresentedRequest } from "../../operations/sharing/present-request.ts";

/**
 * The first page says nothing about the request. A browser sends the session's cookie only to pages that were reached
 * from one of our own, so the way on is a link here.
 */
export function doorstepPage(path: string): string {
  return pageWith(
    "A request waits",
    `<h1>A request waits for your decision</h1>
    <p><a class="button" href="${escaped(path)}">Look at it</a></p>
    <p>You have to be signed in. If you are not, <a href="/sign-in">sign in</a> first and open the link of the mail again.</p>`,
  );
}

export function requestPage(request: PresentedRequest, verdict: "approve" | "deny"): string {
  const isApproval = verdict === "approve";
  return pageWith(
    isApproval ? "Approve a request" : "Deny a request",
    `<h1>${isApproval ? "Approve" : "Deny"} this request?</h1>
    <table>${factsOf(request).map(rowOf).join("")}</table>
    <form method="post">
      ${isApproval ? narrowing(request) : ""}
      <label>${isApproval ? "A comment for the requester" : "The reason, which the requester is told"}
        <textarea name="comment" rows="3" maxlength="4000"${isApproval ? "" : " required"}></textarea></label>
      <button>${isApproval ? "Approve" : "Deny"}</button>
    </form>`,
  );
}

export function decidedPage({
  request,
  state,
  judgedAgain,
}: PresentedRequest & { readonly judgedAgain: boolean }): string {
  const text = judgedAgain
    ? "Something more sensitive was found since the mail was sent, so nothing was approved. A new mail says what there is now."
    : `The request ${request} is ${state === "pending" ? "decided by you and waits for others" : state.replace("_", " ")}.`;
  return pageWith("Decided", `<h1>Thank you</h1><p>${escaped(text)}</p>`);
}

/** It says nothing of the request. */
export function noDecisionPage({ message, remedy }: PresentedError): string {
  return pageWith(
    "Not decided",
    `<h1>Nothing was decided</h1><p class="error">${escaped(message)}</p><p>${escaped(remedy)}</p>`,
  );
}

function factsOf(request: PresentedRequest): readonly (readonly [string, string])[] {
  const { sensitivity } = request;
  const marks = (sensitivity?.findings ?? []).map(
    ({ class: found, table, column }) => `${[table ?? "the database", column].filter(Boolean).join(" ")} (${found})`,
  );
  return [
    ...request.items.map(({ on, columns, rows }): [string, string] => [
      "Asks for",
      `${on ?? "something that is gone"}${columns === null ? "" : `, ${columns.mode === "include" ? "only" : "all but"} ${columns.names.join(", ")}`}${rows === null ? "" : `, where ${rows}`}`,
    ]),
    ["For", request.for],
    ["Requester", request.requester],
    ["Purpose", request.purpose],
    ...Object.entries(request.answers),
    [
      "Sensitivity",
      `${sensitivity?.class ?? "not judged"}${marks.length === 0 ? "" : `: ${marks.slice(0, 50).join(", ")}`}`,
    ],
    ["Until", request.until ?? "no end"],
  ];
}

function rowOf([name, text]: readonly [string, string]): string {
  return `<tr><th>${escaped(name)}</th><td>${escaped(text)}</td></tr>`;
}

/** Fewer things, columns, rows, or a shorter time. */
function narrowing({ items }: PresentedRequest): string {
  const named = items.flatMap(({ on }) => (on === null ? [] : [on]));
  const boxes = named.map(
    (on) =>
      `<label class="box"><input type="checkbox" name="item" value="${escaped(on)}" checked> ${escaped(on)}</label>`,
  );
  const table = named.length === 1 && !/(\*$|^database )/.test(named[0] ?? "") ? (named[0] ?? "") : "";
  const part =
    table === ""
      ? ""
      : `<input type="hidden" name="on" value="${escaped(table)}">
      <label>Only these columns, with commas between them <input name="columns"></label>
      <label>Only rows for which this holds <input name="rows" placeholder="country = 'DE'"></label>`;
  return `${named.length > 1 ? `<fieldset><legend>Approve</legend>${boxes.join("")}</fieldset>` : ""}${part}
      <label>End on <input type="date" name="until"></label>`;
}

function pageWith(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)} · Headgate</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
  main, form { display: grid; gap: .9rem; } main { width: min(40rem, calc(100vw - 3rem)); overflow-wrap: anywhere; padding: 1.5rem 0; }
  h1 { font-size: 1.35rem; margin: 0; } p { margin: 0; } a { color: inherit; } th { text-align: left; vertical-align: top; padding-right: 1rem; }
  label { display: grid; gap: .25rem; } label.box { display: block; } input, textarea, button, .button { font: inherit; padding: .5rem .65rem; border: 1px solid; border-radius: 6px; background: transparent; color: inherit; }
  .error { color: #b3261e; } @media (prefers-color-scheme: dark) { .error { color: #ff8a80; } }
</style>
<main>${content}</main>
</html>
`;
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
