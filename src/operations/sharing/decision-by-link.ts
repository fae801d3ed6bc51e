/**
 * Operations behind the links in mails: look at the request that a link is about, and decide on it. The door gives them
 * the token; only the approver to whom it was sent can use it, and looking changes nothing.
 */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { visible } from "../../governance/resource.ts";
import { isApprover } from "../../sharing/case-of.ts";
import { findLink, spendLink, type FoundLink } from "../../sharing/decision-links.ts";
import { byId, stateAt, type ShareRequest } from "../../sharing/request.ts";
import { readRequest } from "../../sharing/request-store.ts";
import type { Context } from "../context.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import { itemMissingCodes } from "./asked-items.ts";
import { momentOf, personIdOf } from "./known-request.ts";
import { presentedRequest, presentRequest } from "./present-request.ts";
import { decideOn, narrowedItem } from "./request-decide.ts";

const token = z.string().min(1).max(200).describe("The last part of the address in the mail.");
const verdict = z.enum(["approve", "deny"]);

export const requestOpenLink = operation({
  name: "request.open-link",
  summary: "Look at the request that a link in a mail is about; it changes nothing",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ token }),
  output: z.strictObject({ request: presentedRequest, verdict: verdict.describe("The link of the two that it is.") }),
  errors: [...itemMissingCodes, "LINK_INVALID"],
  resources: () => [visible],
  async run(context, { token: given }, { asking }) {
    const { link, request } = await linked(context, asking, given);
    const moment = await momentOf(context, asking);
    return { request: await presentRequest(context, { asking, moment }, request), verdict: link.verdict };
  },
});

export const requestUseLink = operation({
  name: "request.use-link",
  summary: "Decide on the request that a link in a mail is about",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    token,
    verdict,
    items: z.array(z.string()).min(1).optional().describe("Only these of the things that are asked for."),
    narrow: z.array(narrowedItem).max(200).default([]),
    until: givenInstant.optional(),
    comment: z.string().max(4_000).optional().describe("For a denial, the reason."),
  }),
  output: presentedRequest.extend({ judgedAgain: z.boolean() }),
  errors: [
    ...itemMissingCodes,
    "ACCOUNT_KIND",
    "LINK_INVALID",
    "REQUEST_NOT_FOUND",
    "REQUEST_OVER",
    "REQUEST_REFUSED",
    "TERMS_NOT_ACCEPTED",
  ],
  resources: () => [visible],
  async run(context, { token: given, ...wish }, call) {
    const { link, request } = await linked(context, call.asking, given);
    call.record({
      about: [{ kind: "request", name: request.handle, id: request.id }],
      verdict: wish.verdict,
      channel: "mail",
    });
    if (wish.verdict !== link.verdict)
      throw new HeadgateError("LINK_INVALID", {
        message: `this link is there to ${link.verdict}, and the mail has another one`,
      });
    const after = await decideOn(context, call, { ...wish, handle: request.handle, channel: "mail" });
    await spendLink(context.db, given);
    return after;
  },
});

interface Linked {
  readonly link: FoundLink;
  readonly request: ShareRequest;
}

/** Throws LINK_INVALID, also to somebody who decides no longer, and for a request that has ended or begun anew since. */
async function linked(context: Context, asking: Asking, given: string): Promise<Linked> {
  const { db } = context;
  const principalId = personIdOf(asking);
  const own = { token: given, now: asking.now };
  const link = principalId === undefined ? undefined : await findLink(db, { ...own, principalId });
  const request = link === undefined ? undefined : await readRequest(db, byId(link.requestId));
  const isOpen = request !== undefined && stateAt(request, asking.now) === "pending" && request.round === link?.round;
  if (link !== undefined && isOpen && isApprover(request, asking, await momentOf(context, asking)))
    return { link, request };
  throw new HeadgateError("LINK_INVALID");
}
