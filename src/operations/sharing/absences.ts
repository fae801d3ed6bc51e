/** Operations with which approvers say that they are away, and who decides meanwhile in their place. */
import { sql } from "kysely";
import { z } from "zod";
import { uuidv7 } from "../../base/uuid.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { visible } from "../../governance/resource.ts";
import {
  findPrincipal,
  parsePrincipalName,
  principalLabel,
  principalMissingCodes,
} from "../../identity/principal-name.ts";
import { instant, list } from "../answers.ts";
import { checkTimes } from "../access/check-times.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import { personIdOf } from "./known-request.ts";

const absence = z
  .strictObject({ who: z.string(), deputy: z.string(), from: instant, until: instant })
  .meta({ title: "Absence" });

export const absenceSet = operation({
  name: "absence.set",
  summary: "Say that one is away for some time, and who decides meanwhile on what waits for one",
  action: "watch",
  changes: true,
  input: z.strictObject({
    deputy: z.string().min(1).describe("A user by name."),
    from: givenInstant.optional().describe("By default now."),
    until: givenInstant,
    who: z.string().optional().describe("Somebody else, for whoever administers the lake; by default oneself."),
  }),
  output: absence,
  errors: principalMissingCodes,
  resources: () => [visible],
  async run({ db }, { deputy, from, until, who }, { asking, record }) {
    record({ deputy, until, who });
    checkTimes({ place: deputy, from, until }, asking.now);
    const times = { from_at: from === undefined ? new Date(asking.now) : new Date(from), until_at: new Date(until) };
    return inPolicyChange(db, async (transaction) => {
      const away = await personFor(transaction, asking, who);
      const found = await findPrincipal(transaction, parsePrincipalName(deputy));
      if (found.kind !== "user" || found.id === away.id)
        throw new HeadgateError("USAGE", { place: deputy, message: "a deputy is another user" });
      await endAbsences(transaction, away.id);
      const row = { id: uuidv7(), principal_id: away.id, deputy_id: found.id, ...times };
      await transaction.insertInto("approver_absences").values(row).execute();
      return {
        who: away.label,
        deputy: principalLabel(found),
        from: times.from_at.toISOString(),
        until: times.until_at.toISOString(),
      };
    });
  },
});

export const absenceEnd = operation({
  name: "absence.end",
  summary: "Say that one is back",
  action: "watch",
  changes: true,
  input: z.strictObject({ who: z.string().optional() }),
  output: z.strictObject({ who: z.string(), ended: z.boolean() }),
  errors: principalMissingCodes,
  resources: () => [visible],
  async run({ db }, { who }, { asking, record }) {
    record({ who });
    return inPolicyChange(db, async (transaction) => {
      const away = await personFor(transaction, asking, who);
      return { who: away.label, ended: (await endAbsences(transaction, away.id)) > 0 };
    });
  },
});

export const absenceList = operation({
  name: "absence.list",
  summary: "List who is away and who decides in their place: oneself, or everybody for whoever administers the lake",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ absences: list(absence) }),
  errors: [],
  resources: () => [visible],
  async run({ db }, _input, { asking }) {
    const own = personIdOf(asking);
    const rows = await db
      .selectFrom("approver_absences")
      .select(["principal_id", "deputy_id", "from_at", "until_at"])
      .where("ended_at", "is", null)
      .where("until_at", ">", new Date(asking.now))
      .orderBy("from_at")
      .execute();
    const isKnown = (row: (typeof rows)[number]): boolean =>
      administersLake(asking) || row.principal_id === own || row.deputy_id === own;
    return {
      absences: rows.filter(isKnown).map((row) => ({
        who: labelOf(asking, row.principal_id),
        deputy: labelOf(asking, row.deputy_id),
        from: row.from_at.toISOString(),
        until: row.until_at.toISOString(),
      })),
    };
  },
});

type Transaction = Parameters<Parameters<typeof inPolicyChange>[1]>[0];

async function endAbsences(transaction: Transaction, principalId: string): Promise<number> {
  const { numUpdatedRows: ended } = await transaction
    .updateTable("approver_absences")
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where("principal_id", "=", principalId)
    .where("ended_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(ended);
}

interface Person {
  readonly id: string;
  readonly label: string;
}

/** Throws NOT_ALLOWED, USAGE, USER_NOT_FOUND. */
async function personFor(transaction: Transaction, asking: Asking, who: string | undefined): Promise<Person> {
  const own = personIdOf(asking);
  if (who === undefined) {
    if (own !== undefined) return { id: own, label: labelOf(asking, own) };
    throw new HeadgateError("USAGE", {
      message: "the owner of the data directory is never away",
      remedy: "name --who",
    });
  }
  if (!administersLake(asking))
    throw new HeadgateError("NOT_ALLOWED", {
      place: who,
      message: "only whoever administers the lake may name others",
    });
  const found = await findPrincipal(transaction, parsePrincipalName(who));
  return { id: found.id, label: principalLabel(found) };
}

function administersLake(asking: Asking): boolean {
  return decideFor(asking, "administer", { kind: "lake" }).allowed;
}

function labelOf({ policy }: Asking, id: string): string {
  const own = policy.principals.get(id);
  return own === undefined ? "(removed)" : principalLabel(own);
}
