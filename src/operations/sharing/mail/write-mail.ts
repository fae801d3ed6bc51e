/**
 * The contents of mails about share requests, as text and as HTML.
 * Invariant: whatever people wrote is text in it, never a part of it.
 */
import { escapeHtml } from "../../../base/escape-html.ts";
import type { PresentedRequest } from "../present-request.ts";
import type { PresentedShare } from "../present-share.ts";
import { hiddenThings, leftFacts, momentText, requestFacts, type Fact } from "../request-facts.ts";

export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface DecisionLinks {
  readonly approve: string;
  readonly deny: string;
  readonly expiresAt: Date;
  /** The user who may use them. */
  readonly user: string;
}

interface Content {
  readonly title: string;
  readonly lead: string;
  readonly facts: readonly Fact[];
  readonly links: readonly (readonly [label: string, url: string])[];
  readonly end: string;
}

export function decisionMail(request: PresentedRequest, links: DecisionLinks, isReminder: boolean): WrittenMail {
  const expiry = `These links can be used until ${momentText(links.expiresAt.toISOString())}, by you alone, after you have signed in as ${links.user}.`;
  return written(request, {
    title: `${isReminder ? "Reminder: d" : "D"}ata sharing request ${things(request)}`,
    lead: isReminder ? "A request still waits for your decision." : "A request waits for your decision.",
    facts: requestFacts(request),
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
  const deciders = decisions.map(({ by, verdict, comment }): Fact => [
    verdict === "approve" ? "Approved by" : "Denied by",
    `${by}${comment === null ? "" : `: ${comment}`}`,
  ]);
  return written(request, {
    title: `Data sharing request ${things(request)} is ${state}`,
    lead: `The request is ${state}${request.reason === null ? "." : `: ${request.reason}`}`,
    facts: [...requestFacts(request), ...deciders, ...leftFacts(request)],
    links: [],
    end: endOf(request),
  });
}

/** For somebody who was asked and may not know of the request any more: nothing of what is in it. */
export function overMail({ request, state }: Pick<PresentedRequest, "request" | "state">): WrittenMail {
  const end = state.replace("_", " ");
  return written(
    { request },
    {
      title: `A data sharing request is ${end}`,
      lead: `The request is ${end}.`,
      facts: [],
      links: [],
      end: "You do not decide on it any more.",
    },
  );
}

function endOf({ request, share, for: target }: PresentedRequest): string {
  const show = `See it with: headgate request show ${request}`;
  if (share === null || !target.startsWith("account:")) return show;
  return `${show}\nWhoever administers ${target} passes it on to people there, by the name that this shows: headgate link list`;
}

const shareWords: Readonly<Record<string, string>> = {
  "invitation.sent": "Something is offered to your account. Nobody can read it before you accept.",
  "share.ending": "A share ends soon. Ask for a later end if it is still needed.",
  "share.expired": "The end of a share has come: nobody reads by it any more.",
  "share.revoked": "A share was taken back: nobody reads by it any more.",
  "share.rejected": "A share was rejected.",
  "share.suspended": "A share is suspended: nobody reads by it until it is resumed.",
};

/** `about`: the type of the event that it tells of. */
export function shareMail(share: PresentedShare, about: string): WrittenMail {
  const open = share.items.map(({ on }) => on);
  return written(
    { request: share.id },
    {
      title: `Share of ${open[0] ?? ""}${open.length > 1 ? ` and ${open.length - 1} more` : ""} ${about === "share.ending" ? "ends soon" : `is ${share.state.replaceAll("_", " ")}`}`,
      lead: shareWords[about] ?? `The share is ${share.state.replaceAll("_", " ")}.`,
      facts: [
        ["Share", share.id],
        ["Source Account", share.from],
        ["Target", share.to],
        ...open.map((on): Fact => ["Of", on]),
        ["Until", share.until === null ? "no end" : momentText(share.until)],
        ...(share.endedBecause === null ? [] : ([["Reason", share.endedBecause]] as const)),
      ],
      links: [],
      end: nextStep(share.id, about),
    },
  );
}

function nextStep(id: string, about: string): string {
  if (about === "invitation.sent")
    return `Accept it with: headgate share accept ${id}\nOr refuse it with: headgate share reject ${id}`;
  return about === "share.ending"
    ? `Ask for a later end with: headgate request create --extend ${id} --purpose "…" --until <date>`
    : `See it with: headgate share show ${id}`;
}

function things({ product, items }: PresentedRequest): string {
  if (product !== null) return `product ${product}`;
  const [first, ...more] = items.map(({ on }) => on ?? hiddenThings(1));
  return `${first ?? ""}${more.length === 0 ? "" : ` and ${more.length} more`}`;
}

function written(
  { request }: Pick<PresentedRequest, "request">,
  { title, lead, facts, links, end }: Content,
): WrittenMail {
  const lines = [
    indented(lead),
    "",
    ...facts.map(([name, text]) => `${name}: ${indented(text)}`),
    "",
    ...links.map(([label, url]) => `${label}: ${url}`),
    ...(links.length === 0 ? [] : [""]),
    end,
  ];
  const rows = facts.map(
    ([name, text]) => `<tr><th align="left" valign="top">${escapeHtml(name)}</th><td>${escapeHtml(text)}</td></tr>`,
  );
  const buttons = links.map(([label, url]) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`);
  return {
    subject: `${oneLine(title)} [${request}]`,
    text: lines.join("\n"),
    html: `<!doctype html><html lang="en"><body><p>${escapeHtml(lead)}</p><table cellpadding="4">${rows.join("")}</table><p>${buttons.join(" &nbsp; ")}</p><p>${escapeHtml(end)}</p></body></html>`,
  };
}

/** Further lines are indented, so that they are not taken for facts of their own. */
function indented(text: string): string {
  return text.replaceAll(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/g, "\n    ");
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Bidi_Control}]+/gu, " ").slice(0, 200);
}
