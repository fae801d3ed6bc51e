/**
 * Which mails a share request calls for at this moment. Pure: the same request at the same moment calls for the same
 * mails, and the name of an event says whether one was written already, so that none is lost or sent twice, whatever
 * happens between a change and the sending.
 */
import type { MailKind } from "../db/request-mail-rows.ts";
import { openedAt, peopleOfStep, progressOfRequest, type Moment } from "./case-of.ts";
import { stateAt, type ShareRequest } from "./request.ts";

export interface WantedMail {
  readonly event: string;
  readonly kind: Exclude<MailKind, "share">;
  readonly requestId: string;
  readonly principalId: string;
}

/** `asked`: those to whom a mail about the request was written already. */
export function wantedMails(
  request: ShareRequest,
  moment: Moment,
  asked: readonly string[] = [],
): readonly WantedMail[] {
  const state = stateAt(request, moment.now);
  if (state === "draft") return [];
  return state === "pending" ? ofPending(request, moment) : ofEnded(request, { state, asked });
}

/** One to each person who may decide in a step, also if they become its approver later, and reminders when it is late. */
function ofPending(request: ShareRequest, moment: Moment): readonly WantedMail[] {
  const { steps } = progressOfRequest(request);
  return steps.flatMap((state, index) => {
    if (state !== "open") return [];
    const done = new Set(decidersOf(request, index));
    const people = peopleOfStep(request, moment, index).filter((id) => !done.has(id));
    const number = remindersDue(request, moment, index);
    return people.flatMap((principalId) => {
      const name = `${request.id} ${request.round} ${index} ${principalId}`;
      const of = { requestId: request.id, principalId };
      const first = { ...of, kind: "decide", event: `decide ${name}` } as const;
      return number === 0
        ? [first]
        : [first, { ...of, kind: "reminder", event: `reminder ${number} ${name}` } as const];
    });
  });
}

function decidersOf({ decisions, round }: ShareRequest, index: number): readonly string[] {
  const own = decisions.filter((decision) => decision.round === round && decision.step === index);
  return own.map(({ personId }) => personId).filter((id) => id !== undefined);
}

/** One each time as much time has passed as the step was given. */
function remindersDue(request: ShareRequest, { now }: Moment, index: number): number {
  const within = (request.steps[index]?.withinHours ?? Infinity) * 3_600_000;
  return Math.min(mostReminders, Math.max(0, Math.floor((now - openedAt(request, index)) / within)));
}

const mostReminders = 5;

interface End {
  readonly state: string;
  readonly asked: readonly string[];
}

/** Everybody who asked, who decided and who was asked to decide is told how it ended. */
function ofEnded(request: ShareRequest, { state, asked }: End): readonly WantedMail[] {
  const deciders = request.decisions.map(({ personId }) => personId);
  const askers = [request.personId ?? request.requesterId, ...request.followerIds, ...request.behindFollowers];
  const people = new Set([...askers, ...deciders, ...asked]);
  return [...people]
    .filter((id) => id !== undefined)
    .map((principalId) => ({
      event: `ended ${state} ${request.id} ${principalId}`,
      kind: "ended",
      requestId: request.id,
      principalId,
    }));
}
