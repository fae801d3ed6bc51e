/** Events of the audit log as people read them. */
import { expect, test } from "vitest";
import type { PresentedEvent } from "../../operations/audit/audit-answers.ts";
import { aboutEvent, actorText } from "./audit-lines.ts";

function event(given: Partial<PresentedEvent>): PresentedEvent {
  return {
    sequence: 1,
    at: "2026-11-30T08:00:00.000000Z",
    kind: "change",
    principalKind: "user",
    principalId: null,
    principal: "ann",
    accountId: null,
    operation: null,
    action: null,
    resources: [],
    outcome: "done",
    because: null,
    details: {},
    previousHash: "",
    hash: "",
    ...given,
  };
}

const id = "7f000000-0000-4000-8000-000000000001";
const grant = { permissions: ["SELECT", "DESCRIBE"], on: "shop.orders", grants: [id], grantable: false };

test.each<[string | undefined, Partial<PresentedEvent>]>([
  [
    "granted to themselves; SELECT, DESCRIBE on shop.orders to ben, except email, until 2099-01-31",
    {
      details: {
        isSelfGrant: true,
        what: { ...grant, to: "ben", except: ["email"], until: "2099-01-31T00:00:00.000Z" },
      },
    },
  ],
  ["SELECT, DESCRIBE on shop.orders from ben", { details: { what: { ...grant, from: "ben", plan: false } } }],
  [
    "SELECT, DESCRIBE on shop.orders to ben, from 2099-01-31 08:00:00",
    { details: { what: { ...grant, to: "ben", from: "2099-01-31T08:00:00.000Z" } } },
  ],
  ["role analyst, attributes country DE", { details: { what: { role: "analyst", attributes: { country: "DE" } } } }],
  [
    "steps source shop add, schedule often change",
    {
      details: {
        what: {
          steps: [
            { what: "source", name: "shop", change: "add" },
            { what: "schedule", name: "often", change: "change" },
          ],
          dryRun: false,
        },
      },
    },
  ],
  [
    "member key:nightly, until 2027-06-30",
    {
      details: { what: { member: "key:nightly", until: "2027-06-30T00:00:00.000Z" } },
    },
  ],
  [undefined, { details: { what: { session: id } } }],
  [
    "no grant allows ann to read it",
    { kind: "refused", outcome: "NOT_ALLOWED", because: "no grant allows ann to read it" },
  ],
  [undefined, { because: "ann may administer the lake" }],
  [
    "select id from shop.orders; of shop.orders only id by the filter few",
    {
      kind: "query begin",
      outcome: "begun",
      details: {
        statement: "select id from shop.orders",
        tables: [{ table: "shop.orders", columns: ["id"], filters: ["few"] }, { table: "shop.all" }],
      },
    },
  ],
  ["1 row, 1,200 bytes, 15 ms", { kind: "query end", details: { query: id, rows: 1, bytes: 1200, milliseconds: 15 } }],
  ["3 events, 15 ms", { kind: "download end", details: { items: 3, milliseconds: 15 } }],
  ["from 127.0.0.1", { kind: "sign-in", details: { from: "127.0.0.1" } }],
])("%s", (text, given) => {
  expect(aboutEvent(event(given))).toBe(text);
});

test("an assumed role is named with the person", () => {
  expect(actorText(event({}))).toBe("ann");
  expect(actorText(event({ principalKind: "service" }))).toBe("key:ann");
  expect(actorText(event({ assumedRole: { id, name: "keeper" } }))).toBe("ann as role:keeper");
});
