/** Addresses of mail in letters of which the database and JavaScript know other pairs of upper and lower case. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../../test/world/plain-source.ts";
import { uuidv7 } from "../../../base/uuid.ts";
import { acceptInvitation, invitePerson, userOfAddress } from "../../../identity/person-invitations.ts";
import type { Principal } from "../../../identity/principal.ts";
import { planShareMails } from "../../../sharing/share-mails.ts";
import { shareCreate } from "../share-create.ts";
import { shareRevoke } from "../share-changes.ts";
import { mailUnsubscribe } from "./subscriptions.ts";

let lake: PlainLake;
let ann: Principal;

beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { orders: labelledTable(1) })).sync();
  ann = await memberOf(lake, "ann");
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  await lake.context.db.updateTable("mail_subscriptions").set({ ended_at: new Date() }).execute();
});

/** The last letter is a sigma, whose lower case depends on where it stands; JavaScript makes two letters of the dotted I. */
const [street, dotted] = ["ΟΔΟΣ@example.org", "İ@example.org"];

async function confirmed(address: string): Promise<void> {
  const row = { id: uuidv7(), principal_id: ann.id, address, code_digest: Buffer.from("x") };
  await lake.context.db.insertInto("mail_subscriptions").values(row).execute();
  await sql`update mail_subscriptions set confirmed_at = clock_timestamp()`.execute(lake.context.db);
}

async function openAddresses(): Promise<readonly string[]> {
  const open = lake.context.db.selectFrom("mail_subscriptions").select("address").where("ended_at", "is", null);
  return (await open.where("confirmed_at", "is not", null).execute()).map(({ address }) => address);
}

test.each([street, dotted])("%s is found and ended as it was written", async (address) => {
  await confirmed(address);
  expect(await userOfAddress(lake.context.db, address)).toMatchObject({ name: "ann" });
  expect(await lake.ask(mailUnsubscribe, { address }, { principal: ann })).toMatchObject({ ended: true });
  expect(await openAddresses()).toEqual([]);
});

test("whoever accepts an invitation to such an address gets mails there", async () => {
  const { db } = lake.context;
  await invitePerson(db, { userId: ann.id, address: street, by: null });
  await acceptInvitation(db, ann.id);
  expect(await openAddresses()).toEqual([street]);
});

test("two addresses of somebody that JavaScript takes for one do not stop the mails of everybody", async () => {
  await confirmed(dotted);
  await confirmed(dotted.toLowerCase());
  const { id } = await lake.ask(shareCreate, { on: ["shop.orders"], to: "ann" });
  await lake.ask(shareRevoke, { id });
  const moment = { policy: await lake.context.policies.current(), now: Date.now(), absences: [] };
  expect(await planShareMails(lake.context.db, moment)).toBe(1);
});
