/**
 * The pages behind the links in mails: they show a request and decide by a form, without any script.
 * Invariant: whatever people wrote is text on a page, never a part of the page.
 */
import { escapeHtml } from "../../base/escape-html.ts";
import type { PresentedError } from "../../base/present-error.ts";
import type { PresentedRequest } from "../../operations/sharing/present-request.ts";
import { requestFacts, type Fact } from "../../operations/sharing/request-facts.ts";
import { plainPage } from "./plain-page.ts";

/**
 * The first page says nothing about the request. A browser sends the session's cookie only to pages that were reached
 * from one of our own, so the way on is a link here.
 */
export function doorstepPage(path: string): string {
  return plainPage(
    "A request waits",
    `<h1>A request waits for your decision</h1>
    <p><a class="button" href="${escapeHtml(path)}">Look at it</a></p>
    <p>You have to be signed in. If you are not, <a href="/sign-in">sign in</a> first and open the link of the mail again.</p>`,
  );
}

export function requestPage(request: PresentedRequest, verdict: "approve" | "deny"): string {
  const isApproval = verdict === "approve";
  return plainPage(
    isApproval ? "Approve a request" : "Deny a request",
    `<h1>${isApproval ? "Approve" : "Deny"} this request?</h1>
    <table>${requestFacts(request).map(rowOf).join("")}</table>
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
  return plainPage("Decided", `<h1>Thank you</h1><p>${escapeHtml(text)}</p>`);
}

/** It says nothing of the request. */
export function noDecisionPage({ message, remedy }: PresentedError): string {
  return plainPage(
    "Not decided",
    `<h1>Nothing was decided</h1><p class="error">${escapeHtml(message)}</p><p>${escapeHtml(remedy)}</p>
    <p>Go back to correct what you wrote, or open the link of the mail again.</p>`,
  );
}

function rowOf([name, text]: Fact): string {
  return `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(text)}</td></tr>`;
}

/** Fewer things, columns, rows, or a shorter time. */
function narrowing({ items }: PresentedRequest): string {
  const named = items.flatMap(({ on }) => (on === null ? [] : [on]));
  const boxes = named.map(
    (on) =>
      `<label class="box"><input type="checkbox" name="item" value="${escapeHtml(on)}" checked> ${escapeHtml(on)}</label>`,
  );
  const table = named.length === 1 && !/(\*$|^database )/.test(named[0] ?? "") ? (named[0] ?? "") : "";
  const part =
    table === ""
      ? ""
      : `<input type="hidden" name="on" value="${escapeHtml(table)}">
      <label>Only these columns, with commas between them <input name="columns"></label>
      <label>Only rows for which this holds <input name="rows" placeholder="country = 'DE'"></label>`;
  return `${named.length > 1 ? `<fieldset><legend>Approve</legend><input type="hidden" name="chosen" value="yes">${boxes.join("")}</fieldset>` : ""}${part}
      <label>The last day, in UTC <input type="date" name="until"></label>`;
}
