/** Tests which operations are recorded, and as what. */
import { expect, test } from "vitest";
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { AuditLog } from "../../audit/audit-log.ts";
import type { Action } from "../../governance/decide.ts";
import { localPrincipal } from "../../identity/principal.ts";
import type { Performed } from "../performed.ts";
import { recordPerformed } from "./record-performed.ts";

async function recorded(given: Partial<Performed> & { readonly action: Action }): Promise<readonly AuditEvent[]> {
  const events: AuditEvent[] = [];
  const audit = { note: async (event: AuditEvent) => void events.push(event) } as unknown as AuditLog;
  await recordPerformed(audit, {
    principal: localPrincipal,
    operation: "grant.add",
    resources: [{ kind: "visible" }],
    decision: { allowed: true, because: "", grants: [], access: { parts: [] }, statistics: false },
    outcome: "done",
    milliseconds: 1.4,
    ...given,
  });
  return events;
}

const kinds = async (given: Parameters<typeof recorded>[0]) => (await recorded(given)).map(({ kind }) => kind);

test("changes are recorded, also failed ones, and looks are not", async () => {
  expect(await kinds({ action: "administer" })).toEqual(["change"]);
  expect(await kinds({ action: "operate", outcome: "TABLE_NOT_FOUND" })).toEqual(["change"]);
  expect(await kinds({ action: "watch" })).toEqual([]);
  expect(await kinds({ action: "watch", changes: true })).toEqual(["change"]);
  expect(await kinds({ action: "administer", changes: false })).toEqual([]);
  expect(await kinds({ action: "administer", facts: { plan: true } })).toEqual([]);
  expect(await kinds({ action: "administer", facts: { plan: false } })).toEqual(["change"]);
});

test("refusals are recorded, before the work and by it, also of looks", async () => {
  expect(await kinds({ action: "watch", outcome: "refused" })).toEqual(["refused"]);
  const about = [{ kind: "table", name: "shop.orders" }] as const;
  const facts = { about, isSelfGrant: true, permission: "SELECT" };
  for (const outcome of ["NOT_ALLOWED", "GRANT_TOO_WIDE"] as const)
    expect(await recorded({ action: "watch", changes: true, outcome, facts })).toMatchObject([
      { kind: "refused", resources: about, outcome, details: { what: { permission: "SELECT" } } },
    ]);
});
