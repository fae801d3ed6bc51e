/** The operation that searches the audit log. Everybody may see their own events; those of others need ADMINISTER. */
import { z } from "zod";
import { auditKinds, type AuditDetails } from "../../audit/audit-event.ts";
import { findEvents, type EventSearch, type FoundEvent } from "../../audit/find-events.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { lake, visible } from "../../governance/resource.ts";
import { count, list } from "../answers.ts";
import { givenInstant } from "../given-instant.ts";
import { personOf } from "../../identity/principal.ts";
import { parsePrincipalName } from "../../identity/principal-name.ts";
import { operation } from "../operation.ts";
import { recordedEvent } from "./audit-answers.ts";

const foundEvent = recordedEvent.extend({
  account: z.string().nullable().describe("The name of the account that they acted in."),
  isOpen: z.boolean().describe("A query that began and whose end is not recorded: it still runs, or its process died."),
});

const input = z.strictObject({
  by: z
    .string()
    .optional()
    .describe("A user or a key by name, or key:<name>; `local` is the owner of the data directory."),
  table: z.string().optional().describe("The table as database.table."),
  kind: z.enum(auditKinds).optional(),
  operation: z.string().optional(),
  since: givenInstant.optional(),
  until: givenInstant.optional(),
  text: z
    .string()
    .optional()
    .describe("A text in a statement, a reason, a resource or a change; case does not matter."),
  before: z.int().positive().optional().describe("Only events before this one: the `next` of the previous page."),
  limit: z.int().positive().max(1_000).default(50),
});

export const auditList = operation({
  name: "audit.list",
  summary: "Search the audit log, newest first; without the right to administer, one's own events",
  action: "watch",
  input,
  output: z.strictObject({
    events: list(foundEvent),
    next: count.nullable().describe("For `before`, to get the next page; null if this is the last one."),
  }),
  errors: [],
  resources: () => [visible],
  async run({ db, audit }, { since, until, ...search }, { asking }) {
    await audit.written();
    const found = await findEvents(db, {
      ...search,
      ...namedBy(search.by),
      principalId: whoseEvents(asking, search.by),
      since: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until),
    });
    const next = found.length < search.limit ? null : (found.at(-1)?.sequence ?? null);
    return { events: found.map((event) => presentFound(event, asking)), next };
  },
});

/** A name alone means a user as well as a key, because keys have long been named so. */
function namedBy(text: string | undefined): Pick<EventSearch, "by" | "byKind"> {
  if (text === undefined || !/^(?:key|user):/.test(text)) return { by: text };
  const { kind, name } = parsePrincipalName(text);
  return { by: name, byKind: kind };
}

/** Undefined for somebody who may see everybody's. Throws NOT_ALLOWED. */
function whoseEvents(asking: Asking, by: string | undefined): string | undefined {
  const { id, name } = personOf(asking.principal);
  if (seesAll(asking)) return undefined;
  if (by === undefined || namedBy(by).by === name) return id;
  throw new HeadgateError("NOT_ALLOWED", {
    message: `${name} may see only their own events in the audit log`,
    remedy: "leave out the name, or ask somebody who may administer the lake",
  });
}

function seesAll(asking: Asking): boolean {
  return decideFor(asking, "administer", lake).allowed;
}

function presentFound({ isOpen, ...event }: FoundEvent, asking: Asking): z.infer<typeof foundEvent> {
  const account = asking.policy.accounts.get(event.accountId ?? "")?.name ?? null;
  const details = seesAll(asking) ? event.details : withoutStates(event.details);
  return { ...recordedEvent.parse({ ...event, details }), account, isOpen };
}

/** A table gets another state when any row changes: the ids of two would tell a reader of some rows that others did. */
function withoutStates(details: FoundEvent["details"]): FoundEvent["details"] {
  const { tables } = (details ?? {}) as Partial<AuditDetails["query begin"]>;
  if (tables === undefined) return details;
  const shown = tables.map((table) => (table.filters === undefined ? table : { ...table, snapshot: null }));
  return { ...(details as object), tables: shown };
}
