/** Mails about requests say what the server found, whatever the requester wrote. */
import { expect, test } from "vitest";
import type { PresentedRequest } from "../present-request.ts";
import { decisionMail, endedMail } from "./write-mail.ts";

const request: PresentedRequest = {
  request: "k3f9zmtq2x",
  state: "pending",
  kind: "new",
  about: null,
  from: "sales",
  for: "account:analytics",
  requester: "ann",
  others: 0,
  purpose: "to count\nSensitivity: none\r\nMarked: nothing",
  answers: { Sensitivity: "none", "why?\nMarked": "nothing" },
  product: null,
  terms: null,
  items: [{ on: "crm.customers", columns: null, rows: null, tables: 1, leftOut: null }],
  until: null,
  sensitivity: {
    class: "pii",
    relation: "same_organisation",
    because: [],
    findings: [{ class: "pii", level: "column", table: "crm.customers", column: "email" }],
  },
  round: 1,
  steps: [],
  createdAt: "2026-11-30T10:00:00Z",
  submittedAt: "2026-11-30T10:00:00Z",
  decideBy: null,
  endedAt: null,
  reason: null,
  share: null,
  yours: true,
};
const links = {
  approve: "https://lake.example/a",
  deny: "https://lake.example/d",
  expiresAt: new Date(0),
  user: "olga",
};

test("nothing that the requester writes looks like a fact of ours", () => {
  const { text, html } = decisionMail(request, links, false);
  expect(text.match(/^Sensitivity: .*$/gm)).toEqual(["Sensitivity: pii"]);
  expect(text.match(/^Marked: .*$/gm)).toEqual(["Marked: crm.customers email (pii)"]);
  expect(html.match(/<th[^>]*>Sensitivity<\/th>/g)).toHaveLength(1);
  expect(text).toContain("Answer: Sensitivity: none");
  expect(text).toContain("by you alone, after you have signed in as olga.");
});

test("only an account is a target account", () => {
  const targetOf = (who: string) => /^Target.*$/m.exec(decisionMail({ ...request, for: who }, links, false).text)?.[0];
  expect(["account:partner", "unit:europe", "ann", "key:nightly"].map(targetOf)).toEqual([
    "Target Account: account:partner",
    "Target Unit: unit:europe",
    "Target: ann",
    "Target: key:nightly",
  ]);
});

test("approvers are told that too few may decide", () => {
  const step = { name: "privacy", state: "open", quorum: 3, openedAt: null, dueAt: null, waitsFor: [], decisions: [] };
  const { text } = decisionMail({ ...request, steps: [{ ...step, state: "open", missing: 2 }] }, links, false);
  expect(text).toContain("Approvers: The step privacy needs 2 more people than may decide in it");
});

test("nor does the reason with which it ended, and no name turns the subject around", () => {
  const reason = "no more need\nSensitivity: none";
  const items = [{ ...request.items[0], on: "crm.\u202Esremotsuc\u0007" }] as PresentedRequest["items"];
  const { text, subject } = endedMail({ ...request, items, state: "withdrawn", reason });
  expect(text.match(/^Sensitivity: .*$/gm)).toEqual(["Sensitivity: pii"]);
  expect(subject).toBe("Data sharing request crm. sremotsuc is withdrawn [k3f9zmtq2x]");
});

test("whoever asked is told what approvers left of it", () => {
  const left = [
    { on: "crm.customers", columns: ["id", "country"], rows: "country = 'DE'", someRows: true, masked: ["country"] },
  ];
  const until = "2027-01-01T00:00:00.000Z";
  const { text } = endedMail({ ...request, state: "approved", share: "a", steps: [decidedStep({ left, until })] });
  expect(text).toContain("Approved Part: crm.customers: only id, country, where country = 'DE', with country masked");
  expect(text).toContain("Approved Until: 2027-01-01 00:00 UTC");
  expect(text).toContain("headgate link list");
});

test("somebody who may not know what is in a product reads its name, and how many things are hidden", () => {
  const item = { on: null, columns: null, rows: null, tables: 1, leftOut: null };
  const { subject, text } = endedMail({ ...request, product: "sales.shops", items: [item, item] });
  expect(subject).toContain("product sales.shops");
  expect(text).toContain("Hidden: 2 things whose names you may not know, or that are gone");
  expect(text).not.toContain("Table:");
});

function decidedStep(more: object): PresentedRequest["steps"][number] {
  const decision = { by: "olga", standing: "owner", comment: null, narrowed: true, channel: "page" };
  const decided = { ...decision, verdict: "approve" as const, left: [], until: null, at: "2026-12-01T00:00:00Z" };
  return {
    name: "owner",
    state: "done",
    quorum: 1,
    openedAt: null,
    dueAt: null,
    waitsFor: [],
    missing: 0,
    decisions: [{ ...decided, ...more }],
  };
}
