/** One change of people or rights, in words for its plan and for the audit log. */
import type { Kysely } from "kysely";
import { z } from "zod";
import { appendEvents } from "../../audit/append-events.ts";
import type { AuditEvent, AuditResource } from "../../audit/audit-event.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { actorOf, type Principal } from "../../identity/principal.ts";
import { texts } from "../answers.ts";

export const accessThings = [
  "unit",
  "account",
  "group",
  "member",
  "filter",
  "grant",
  "tag",
  "expression",
  "tagged",
  "term",
  "description",
  "steward",
  "view",
  "product",
  "link",
  "identity provider",
  "process",
  "share",
] as const;

const directions = ["add", "change", "remove"] as const;

/** The form of a change in answers. */
export const presentedChange = z
  .strictObject({
    what: z.enum(accessThings),
    name: z.string(),
    change: z.enum(directions),
    details: texts,
    falls: texts.describe("Everything else that ends with it: grants that were passed on, memberships."),
  })
  .meta({ title: "AccessChange" });

export function presentChange({ what, name, change, details, falls }: AccessChange): z.infer<typeof presentedChange> {
  return { what, name, change, details, falls };
}

export interface AccessChange {
  readonly what: (typeof accessThings)[number];
  readonly name: string;
  readonly change: (typeof directions)[number];
  /** In words: `until none → 2027-06-30T00:00:00.000Z`. */
  readonly details: readonly string[];
  /** Everything else that ends with it. */
  readonly falls: readonly string[];
  readonly about: readonly AuditResource[];
  /** Further facts for the audit log. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
  readonly isSelfGrant?: boolean | undefined;
}

/** The operations that do the same one by one. */
const operations: Readonly<Record<AccessChange["what"], Readonly<Record<AccessChange["change"], string>>>> = {
  unit: { add: "unit.add", change: "unit.move", remove: "unit.remove" },
  account: { add: "account.add", change: "account.set", remove: "account.remove" },
  group: { add: "group.add", change: "group.set", remove: "group.remove" },
  member: { add: "member.add", change: "member.add", remove: "member.remove" },
  filter: { add: "filter.add", change: "filter.add", remove: "filter.remove" },
  grant: { add: "grant.add", change: "grant.add", remove: "grant.revoke" },
  tag: { add: "tag.add", change: "tag.change", remove: "tag.remove" },
  expression: { add: "expression.set", change: "expression.set", remove: "expression.remove" },
  tagged: { add: "tag.set", change: "tag.set", remove: "tag.unset" },
  term: { add: "term.add", change: "term.add", remove: "term.remove" },
  description: { add: "description.import", change: "description.import", remove: "description.import" },
  link: { add: "link.add", change: "link.add", remove: "link.remove" },
  product: { add: "product.add", change: "product.set", remove: "product.remove" },
  "identity provider": {
    add: "identity-provider.add",
    change: "identity-provider.set",
    remove: "identity-provider.remove",
  },
  view: { add: "view.create", change: "view.create", remove: "view.drop" },
  process: { add: "process.set", change: "process.set", remove: "process.remove" },
  share: { add: "share.create", change: "share.extend", remove: "share.revoke" },
  steward: { add: "steward.add", change: "steward.add", remove: "steward.remove" },
};

interface Author {
  readonly principal: Principal;
  readonly origin: string;
}

/** Writes an event for each change in the same transaction, so that there is none without the other. Throws AUDIT_UNWRITABLE. */
export async function recordChanges(
  transaction: Kysely<Tables>,
  changes: readonly AccessChange[],
  author: Author,
): Promise<void> {
  if (changes.length === 0) return;
  try {
    const events = changes.map((change) => eventOf(change, author));
    await appendEvents(transaction, { events });
  } catch (cause) {
    throw new HeadgateError("AUDIT_UNWRITABLE", { cause });
  }
}

function eventOf(one: AccessChange, { principal, origin }: Author): AuditEvent {
  const { what, change, name, details, falls, about, facts, isSelfGrant } = one;
  return {
    kind: "change",
    actor: actorOf(principal),
    operation: operations[what][change],
    action: "administer",
    resources: about,
    outcome: "done",
    because: `${origin} declares what there is`,
    details: {
      milliseconds: 0,
      what: { origin, change, name, details, falls, ...facts },
      isSelfGrant: isSelfGrant === true ? true : undefined,
    },
  };
}
