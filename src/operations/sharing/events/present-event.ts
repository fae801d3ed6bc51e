/** An event of sharing as a CloudEvent (CloudEvents 1.0, JSON format), with the names that things have now. */
import { z } from "zod";
import type { Policy } from "../../../governance/policy.ts";
import { requestKinds } from "../../../db/share-request-rows.ts";
import { principalLabel } from "../../../identity/principal-name.ts";
import type { SharingEvent } from "../../../sharing/events/sharing-event.ts";
import { instant } from "../../answers.ts";

export const cloudEvent = z
  .strictObject({
    specversion: z.literal("1.0"),
    id: z.uuid().describe("The same for each delivery of the event."),
    source: z.string().describe("The account that has the things, as urn:headgate:account:<number>."),
    type: z.string().describe("Such as headgate.request.submitted."),
    subject: z.string().describe("request/<name>, share/<id> or product/<name>."),
    time: instant,
    sequence: z.string().describe("Grows from event to event."),
    datacontenttype: z.literal("application/json"),
    data: z.strictObject({
      request: z.string().nullable(),
      share: z.string().nullable(),
      product: z.string().exactOptional(),
      from: z.string().describe("The account that has the things."),
      for: z.string().describe("The account, org unit, person or key that they are for."),
      by: z.string().exactOptional().describe("For a decision: whoever decided."),
      step: z.int().exactOptional(),
      verdict: z.enum(["approve", "deny"]).exactOptional(),
      channel: z.string().exactOptional(),
      reason: z.string().exactOptional(),
      until: z.string().exactOptional(),
      before: z.string().exactOptional(),
      expires: z.string().exactOptional(),
      about: z.enum(requestKinds).exactOptional().describe("For a request about a share."),
      token: z
        .string()
        .exactOptional()
        .describe("Only for the system that `request.waiting` is about: it answers with it."),
    }),
  })
  .meta({ title: "SharingEvent" });

export type CloudEvent = z.infer<typeof cloudEvent>;

export function presentEvent(event: SharingEvent, { policy, numbers }: Names): CloudEvent {
  const { by, product: _product, system: _system, round: _round, ...details } = event.details;
  const number = numbers.get(event.sourceAccountId);
  return {
    specversion: "1.0",
    id: event.id,
    source: `urn:headgate:account:${number ?? "removed"}`,
    type: `headgate.${event.type}`,
    subject: subjectOf(event),
    time: event.at.toISOString(),
    sequence: String(event.sequence),
    datacontenttype: "application/json",
    data: {
      request: event.request,
      share: event.shareId,
      from: policy.accounts.get(event.sourceAccountId)?.name ?? "(removed)",
      for: labelOf(event.targetId, policy),
      ...(event.product === null ? {} : { product: event.product }),
      ...details,
      ...(typeof by === "string" ? { by: labelOf(by, policy) } : {}),
    },
  };
}

function subjectOf({ request, shareId, product }: SharingEvent): string {
  if (request !== null) return `request/${request}`;
  return product === null ? `share/${shareId ?? ""}` : `product/${product}`;
}

export interface Names {
  readonly policy: Policy;
  /** The numbers of accounts by their ids. */
  readonly numbers: ReadonlyMap<string, string>;
}

function labelOf(id: string, { principals }: Policy): string {
  const found = principals.get(id);
  return found === undefined ? "(removed)" : principalLabel(found);
}
