/** Operations on hooks: addresses outside that are told of every step of requests, shares and invitations. */
import { z } from "zod";
import { HeadgateError } from "../../../errors.ts";
import { lake } from "../../../governance/resource.ts";
import { accountIdOf } from "../../../identity/accounts.ts";
import { authorOf } from "../../../identity/principal.ts";
import { addHook, deadOf, endHook, findHook, openHooks, tryNow } from "../../../sharing/events/event-hooks.ts";
import { newSigningSecret } from "../../../sharing/events/signed-delivery.ts";
import { count, instant, list, texts } from "../../answers.ts";
import { operation } from "../../operation.ts";
import { redeliverDead } from "./deliver-events.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "a name has letters a to z, digits, _ and -");
const type = z
  .string()
  .regex(
    /^(request|share|invitation|product)\.(\*|[a-z-]+)$/,
    "write a type such as share.revoked, or share.* for all of them",
  )
  .describe("Such as share.revoked; share.* for all types that begin so.");

export const hookAdd = operation({
  name: "hook.add",
  summary:
    "Have an address told of every step of requests, shares and invitations from now on; the answer is the only place where its secret is shown",
  action: "administer",
  input: z.strictObject({
    name,
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    account: z.string().optional().describe("Only events of things of this account or for it; by default of all."),
    types: z.array(type).max(50).default([]).describe("By default all."),
  }),
  output: z.strictObject({
    name: z.string(),
    secret: z.string().describe("With it, deliveries are signed as Standard Webhooks says. Shown only this once."),
  }),
  errors: ["NAME_TAKEN", "ACCOUNT_NOT_FOUND", "USAGE"],
  resources: () => [lake],
  async run({ db, secrets }, { name: hook, url, account, types }, { principal, record }) {
    record({ about: [{ kind: "hook", name: hook }], host: checkedHost(url), account, types });
    const accountId = account === undefined ? undefined : await accountIdOf(db, account);
    const secret = newSigningSecret();
    await addHook(db, { name: hook, url, secret: secrets.seal(secret), accountId, types, by: authorOf(principal) });
    return { name: hook, secret };
  },
});

/** A password in an address would be shown in lists. Throws USAGE. */
function checkedHost(url: string): string {
  const { host, username, password } = new URL(url);
  if (username === "" && password === "") return host;
  throw new HeadgateError("USAGE", { place: "url", message: "an address with a name or a password in it is not kept" });
}

export const hookList = operation({
  name: "hook.list",
  summary: "List the addresses that are told of events, with what could not be delivered",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({
    hooks: list(
      z
        .strictObject({
          name: z.string(),
          url: z.string(),
          account: z.string().nullable().describe("Null for the events of all accounts."),
          types: texts.describe("Empty for all."),
          deliveredAt: instant.nullable().describe("When an event was last accepted."),
          attempts: count.describe("How often the next event was tried in vain."),
          failure: z.string().nullable().describe("Why the last attempt failed."),
          nextAt: instant.nullable().describe("When the next attempt is, after a failure."),
          givenUp: list(
            z.strictObject({ sequence: z.string(), failure: z.string(), at: instant }).meta({ title: "DeadDelivery" }),
          ).describe("Events that were given up after many attempts; `hook.retry` sends them again."),
        })
        .meta({ title: "EventHook" }),
    ),
  }),
  errors: [],
  resources: () => [lake],
  async run({ db, policies }) {
    const { accounts } = await policies.current();
    const hooks = [];
    for (const hook of await openHooks(db)) {
      const dead = await deadOf(db, hook.id);
      hooks.push({
        name: hook.name,
        url: hook.url,
        account: hook.account_id === null ? null : (accounts.get(hook.account_id)?.name ?? "(removed)"),
        types: [...hook.types],
        deliveredAt: hook.delivered_at?.toISOString() ?? null,
        attempts: hook.attempts,
        failure: hook.failure,
        nextAt: hook.failure === null ? null : hook.next_at.toISOString(),
        givenUp: dead.map(({ sequence, failure, at }) => ({
          sequence: String(sequence),
          failure,
          at: at.toISOString(),
        })),
      });
    }
    return { hooks };
  },
});

export const hookRemove = operation({
  name: "hook.remove",
  summary: "Tell an address nothing any more",
  action: "administer",
  input: z.strictObject({ name }),
  output: z.strictObject({ name: z.string() }),
  errors: ["HOOK_NOT_FOUND"],
  resources: () => [lake],
  async run({ db }, { name: hook }, { record }) {
    record({ about: [{ kind: "hook", name: hook }] });
    await endHook(db, (await findHook(db, hook)).id);
    return { name: hook };
  },
});

export const hookRetry = operation({
  name: "hook.retry",
  summary: "Send an address at once what waits for it, and again what was given up",
  action: "administer",
  input: z.strictObject({ name }),
  output: z.strictObject({
    name: z.string(),
    accepted: count.describe("How many of the events that had been given up it now accepted."),
    left: count.describe("How many it did not."),
  }),
  errors: ["HOOK_NOT_FOUND"],
  resources: () => [lake],
  async run(context, { name: hook }, { record }) {
    record({ about: [{ kind: "hook", name: hook }] });
    const found = await findHook(context.db, hook);
    const accepted = await redeliverDead(context, found);
    await tryNow(context.db, found.id);
    return { name: hook, accepted, left: (await deadOf(context.db, found.id)).length };
  },
});
