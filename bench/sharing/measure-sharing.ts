/** Inboxes of all approvers, lists of requests, and what people may reach. */
import type { Context } from "../../src/operations/context.ts";
import { accessOf } from "../../src/operations/access/reach.ts";
import { requestInbox, requestList } from "../../src/operations/sharing/requests.ts";
import { planMails } from "../../src/sharing/mail-outbox.ts";
import { rounded } from "../headgate.ts";
import { percentile, principalNamed, timeOf } from "./ask-as.ts";

export async function measureSharing(context: Context) {
  const approvers = Array.from({ length: 50 }, (_, index) => `approver_${index + 1}`);
  const people = Array.from({ length: 50 }, (_, index) => `person_${index * 20 + 1}`);
  const administrator = await principalNamed(context, "administrator");
  const accounts = [...(await context.policies.current()).accounts.values()];
  const inbox: number[] = [];
  for (const name of approvers) {
    const principal = await principalNamed(context, name);
    inbox.push(await timeOf(context, { operation: requestInbox, principal, input: {} }));
  }
  const lists: number[] = [];
  for (const name of people) {
    const number = 1 + (Number(name.slice("person_".length)) % 20);
    const accountId = accounts.find((account) => account.name === `consumer_${number}`)?.id;
    const principal = await principalNamed(context, name, accountId);
    lists.push(await timeOf(context, { operation: requestList, principal, input: {} }));
  }
  for (const state of ["pending", "approved", "denied", undefined])
    lists.push(await timeOf(context, { operation: requestList, principal: administrator, input: { state } }));
  const access: number[] = [];
  for (const principal of people)
    access.push(await timeOf(context, { operation: accessOf, principal: administrator, input: { principal } }));
  return {
    inboxP95: percentile(inbox, 0.95),
    requestListP95: percentile(lists, 0.95),
    accessOfP95: percentile(access, 0.95),
    planMailsMs: await planTime(context),
  };
}

/** The time that a server takes every two seconds to find out which mails are to be written. */
async function planTime({ db, policies }: Context): Promise<number> {
  const moment = { policy: await policies.current(), absences: [], now: Date.now() };
  await planMails(db, moment);
  const began = performance.now();
  await planMails(db, moment);
  return rounded(performance.now() - began, 1);
}
