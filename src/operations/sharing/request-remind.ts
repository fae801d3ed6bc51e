/** The operation with which whoever asked reminds those for whom the request waits, once a day. */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { visible } from "../../governance/resource.ts";
import { remindApprovers } from "../../sharing/remind-approvers.ts";
import { count } from "../answers.ts";
import { operation } from "../operation.ts";
import { mailSettings } from "../send-mail.ts";
import { findRequest, isAsker } from "./known-request.ts";
import { checkPending } from "./request-work.ts";

export const requestRemind = operation({
  name: "request.remind",
  summary: "Remind those for whom one's request waits by a mail, at most once a day",
  action: "watch",
  changes: true,
  input: z.strictObject({ request: z.string().min(1) }),
  output: z.strictObject({
    request: z.string(),
    reminded: count.describe("How many addresses get a mail."),
    people: count.describe("For how many people it waits. Those without a confirmed address get no mail."),
  }),
  errors: ["REQUEST_NOT_FOUND", "REQUEST_OVER", "SETTING_INVALID"],
  resources: () => [visible],
  async run(context, { request: handle }, { asking, record }) {
    const { request, moment } = await findRequest(context, asking, handle);
    if (!isAsker(request, asking))
      throw new HeadgateError("NOT_ALLOWED", {
        place: handle,
        message: "only whoever has asked may remind others of it",
      });
    checkPending(request, moment.now);
    mailSettings(context.config);
    const found = await remindApprovers(context.db, request, moment);
    record({ about: [{ kind: "request", name: request.handle, id: request.id }], ...found });
    return { request: request.handle, ...found };
  },
});
