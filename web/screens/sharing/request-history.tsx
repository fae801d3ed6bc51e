/** The history of a request: asked, judged, each step with those for whom it waits and what they said, and the end. */
import type { RequestStep, ShareRequest } from "../../../src/client/api-client.ts";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import type { TimelineStep } from "../../parts/timeline.tsx";
import { namesOf } from "../../parts/changes.tsx";

export function historyOf(request: ShareRequest): readonly TimelineStep[] {
  const { requester, createdAt, submittedAt, sensitivity, round, state, endedAt, reason, steps } = request;
  const isOpen = state === "pending";
  return [
    {
      key: "asked",
      state: "done",
      text: `${shownName(requester)} ${submittedAt === null ? "wrote it down" : "asked"}`,
      at: submittedAt ?? createdAt,
    },
    ...(sensitivity === null
      ? []
      : [
          {
            key: "judged",
            state: "done" as const,
            text: `Judged ${round > 1 ? "again, " : ""}${judgedWords(sensitivity)}`,
            more: sensitivity.because.join("; ") || undefined,
          },
        ]),
    ...steps.flatMap((step, place) => stepLines(step, { place, isOpen })),
    ...(endedAt === null ? [] : [endOf({ state, endedAt, reason })]),
  ];
}

function judgedWords({ class: found, findings }: NonNullable<ShareRequest["sensitivity"]>): string {
  const columns = findings.filter(({ class: one }) => one !== "none").length;
  const marked = columns === 0 ? "" : `, ${counted(columns, "mark")}`;
  return {
    none: "not sensitive",
    pii: `sensitive: personal data${marked}`,
    secret: `secret${marked}`,
    unclassified: `not classified yet${marked}`,
  }[found];
}

interface Standing {
  readonly place: number;
  readonly isOpen: boolean;
}

function stepLines(step: RequestStep, { place, isOpen }: Standing): readonly TimelineStep[] {
  const { name, state, quorum, openedAt, waitsFor, missing, decisions } = step;
  const decided = decisions.map(({ by, standing, verdict, narrowed, comment, channel, at }): TimelineStep => ({
    key: `${place} ${by} ${at}`,
    state: verdict === "approve" ? "done" : "ended",
    text: `${shownName(by)} ${verdict === "approve" ? (narrowed ? "approved a part" : "approved") : "denied"} as ${standingWords(standing)}${channel === "mail" || channel === "link" ? ", by a link of a mail" : ""}`,
    at,
    more: comment ?? undefined,
  }));
  if (!isOpen || state === "done") return decided;
  const who = waitsFor.length === 0 ? "" : ` for ${namesOf(waitsFor)}`;
  const lacking = missing > 0 ? `; ${missing} more people are needed than may decide` : "";
  const most = `${quorum > 1 ? `, ${quorum} of them have to approve` : ""}${lacking}`;
  const waiting: TimelineStep =
    state === "open"
      ? { key: `${place} open`, state: "now", text: `Waiting${who || ` for: ${shownName(name)}`}${most}`, at: openedAt }
      : { key: `${place} next`, state: "next", text: `Then: ${shownName(name)}${most}` };
  return [...decided, waiting];
}

/** The standing is a noun, or the verb of somebody who administers the lake. */
function standingWords(standing: string): string {
  return standing.startsWith("administers ") ? `somebody who ${standing}` : standing;
}

type Ended = Pick<ShareRequest, "state" | "reason"> & { readonly endedAt: string };

function endOf({ state, endedAt, reason }: Ended): TimelineStep {
  const words: Readonly<Record<ShareRequest["state"], string>> = {
    draft: "Draft",
    pending: "Waiting",
    approved: "Approved",
    partly_approved: "Approved in part",
    denied: "Denied",
    withdrawn: "Withdrawn",
    expired: "Expired without a decision",
  };
  const isGood = state === "approved" || state === "partly_approved";
  return { key: "end", state: isGood ? "done" : "ended", text: words[state], at: endedAt, more: reason ?? undefined };
}
