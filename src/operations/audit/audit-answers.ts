/** Schemas that the answers of several operations on the audit log share. */
import { z } from "zod";
import { auditKinds } from "../../audit/audit-event.ts";
import { count, instant, json, list } from "../answers.ts";

const hash = z.string().describe("SHA-256 as 64 hexadecimal digits.");

export const recordedEvent = z
  .strictObject({
    sequence: count.describe("1, 2, 3 and so on, without a gap."),
    at: instant,
    kind: z.enum(auditKinds),
    principalKind: z.enum(["user", "service", "local", "nobody"]),
    principalId: z.string().nullable(),
    principal: z.string().describe("The name; for `nobody`, the name that was given."),
    accountId: z.string().nullable().describe("The account that they acted in; null if they acted in none."),
    assumedRole: z
      .strictObject({ id: z.string(), name: z.string() })
      .optional()
      .describe("The role as which they acted; absent if they acted as themselves."),
    operation: z.string().nullable(),
    action: z.string().nullable(),
    resources: list(z.strictObject({ kind: z.string(), name: z.string().optional(), id: z.string().optional() })),
    outcome: z.string().describe("`done`, `begun` or the code of an error."),
    because: z.string().nullable(),
    details: json.describe("The facts about events of this kind."),
    previousHash: hash,
    hash: hash.describe(
      "The hash of `previousHash`, a line feed, and the event as JSON with sorted names without both hashes; members that are absent are not in it.",
    ),
  })
  .meta({ title: "AuditEvent" });

export type PresentedEvent = z.infer<typeof recordedEvent>;

export const digestText = z
  .string()
  .regex(
    /^[0-9]{1,15}:[0-9a-f]{64}$/,
    "this is not a digest as `headgate audit digest` prints it: a number, a colon and 64 hexadecimal digits",
  )
  .describe("`<sequence>:<hash>` of an event, which stands for all events up to it.");
