/**
 * The operation by which a system outside answers for its step of a request. Whoever calls it needs no right to the request:
 * the token that the system was sent, signed, is for this step of this round only.
 * Invariant: an answer counts once, and only while its step is open; a system that does not answer approves nothing.
 */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { visible } from "../../governance/resource.ts";
import { progressOfRequest, systemChannel, systemsOfStep, systemStanding } from "../../sharing/case-of.ts";
import { openHooks } from "../../sharing/events/event-hooks.ts";
import { isAnswerToken } from "../../sharing/events/answer-token.ts";
import { decideRequest } from "../../sharing/request-life.ts";
import { stateAt, type ShareRequest } from "../../sharing/request.ts";
import { readRequest } from "../../sharing/request-store.ts";
import { requestStates } from "../../db/share-request-rows.ts";
import type { Context } from "../context.ts";
import { operation } from "../operation.ts";
import { byHandle } from "./known-request.ts";
import { inRequestWork, type RequestWork } from "./request-work.ts";

const input = z.strictObject({
  request: z.string().min(1).max(100).describe("The name of the request, as the event says it."),
  step: z.int().min(1).max(100).describe("The number of the step, as the event says it."),
  token: z.string().min(1).max(200).describe("The token of the event; it is for this step only."),
  verdict: z.enum(["approve", "deny"]),
  reason: z.string().max(4_000).optional().describe("A denial has one, which the requester is told."),
});

type Answer = z.infer<typeof input>;

export const requestAnswer = operation({
  name: "request.answer",
  summary: "Answer for a system outside whose step a share request waits for, with the token that it was sent",
  action: "watch",
  changes: true,
  input,
  output: z.strictObject({ request: z.string(), state: z.enum(requestStates) }),
  errors: ["LINK_INVALID", "REQUEST_OVER", "REQUEST_REFUSED"],
  resources: () => [visible],
  async run(context, answer, { asking, record }) {
    const { request: handle, step, verdict, reason = "" } = answer;
    record({ about: [{ kind: "request", name: handle }], step, verdict, channel: systemChannel });
    if (verdict === "deny" && reason.trim() === "")
      throw new HeadgateError("USAGE", { message: "a denial has a reason", remedy: "say why" });
    const after = await inRequestWork(context, asking, (work) => answerFor(context, work, answer));
    return { request: after.handle, state: after.state };
  },
});

/** Throws LINK_INVALID for everything that a holder of the right token would not send, without saying what is wrong. */
async function answerFor(context: Context, work: RequestWork, answer: Answer): Promise<ShareRequest> {
  const { request: handle, verdict, reason } = answer;
  const request = handle.includes("\0") ? undefined : await readRequest(work.transaction, byHandle(handle));
  const step = answer.step - 1;
  const name = request && (await answeringSystem(context, work, { request, step, token: answer.token }));
  if (request === undefined || name === undefined) throw new HeadgateError("LINK_INVALID");
  const state = stateAt(request, work.now);
  if (state !== "pending")
    throw new HeadgateError("REQUEST_OVER", { place: handle, message: `the request is ${state.replace("_", " ")}` });
  if (!systemsOfStep(request, step).some((one) => one.name === name)) throw new HeadgateError("LINK_INVALID");
  const { denied } = progressOfRequest(request);
  const decided = await decideRequest(work, request, [
    {
      step,
      standing: systemStanding(name),
      itemIds: request.items.map(({ id }) => id).filter((id) => !denied.includes(id)),
      principalId: undefined,
      personId: undefined,
      verdict,
      comment: reason,
      narrowed: [],
      until: undefined,
      channel: systemChannel,
    },
  ]);
  return decided.request;
}

interface Answering {
  readonly request: ShareRequest;
  readonly step: number;
  readonly token: string;
}

/** The name of the system whose token it is, if the step names it and its hook is still there. */
async function answeringSystem(
  { secrets }: Context,
  { transaction }: RequestWork,
  { request, step, token }: Answering,
): Promise<string | undefined> {
  const named = (request.steps[step]?.approvers ?? []).filter((one) => one.kind === "system");
  const hooks = await openHooks(transaction);
  const of = { requestId: request.id, round: request.round, step };
  return hooks.find(
    (hook) => named.some(({ id }) => id === hook.id) && isAnswerToken(secrets.open(hook.secret), of, token),
  )?.name;
}
