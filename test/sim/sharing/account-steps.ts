/**
 * The steps of the walk that concern accounts: shares with an account of the organisation, with one outside and with a
 * unit, what their administrators pass on, moves of an account in the organisation, and people who join and leave.
 */
import { sql } from "kysely";
import { must } from "../../../src/base/must.ts";
import { accountIdOf } from "../../../src/identity/accounts.ts";
import { addMember } from "../../../src/identity/memberships.ts";
import { insertPrincipal } from "../../../src/identity/principals.ts";
import type { Principal } from "../../../src/identity/principal.ts";
import { grantAdd, grantRevoke } from "../../../src/operations/access/grants.ts";
import { accountAdd, accountSet } from "../../../src/operations/people/accounts.ts";
import { groupAdd } from "../../../src/operations/people/groups.ts";
import { memberAdd, memberRemove } from "../../../src/operations/people/members.ts";
import { unitAdd } from "../../../src/operations/people/units.ts";
import {
  shareAccept,
  shareReject,
  shareResume,
  shareRevoke,
  shareSuspend,
} from "../../../src/operations/sharing/share-changes.ts";
import { shareCreate } from "../../../src/operations/sharing/share-create.ts";
import type { PlainLake } from "../../world/plain-lake.ts";
import type { Random } from "../../soak/random.ts";
import { columnNames, reaches, type AccountGift, type Model, type Pass } from "./model.ts";

export interface AccountWalking {
  readonly lake: PlainLake;
  readonly random: Random;
  readonly model: Model;
  readonly people: Map<string, Principal>;
}

const accounts = ["near", "far"] as const;
const tables = ["one.orders", "two.orders"];

export async function beginAccounts(walking: AccountWalking): Promise<void> {
  const { lake, model } = walking;
  await lake.ask(unitAdd, { path: "unit" });
  for (const name of accounts) {
    await lake.ask(accountAdd, { name, outside: name === "far", ...(name === "near" && { unit: "unit" }) });
    await joinAccount(walking, name, "boss");
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: `account ${name}`, to: `${name}-boss` });
    const by = { principal: must(walking.people.get(`${name}-boss`), "the boss") };
    await lake.ask(groupAdd, { name: `${name}-team` }, by);
    model.teams.set(name, new Set());
    await joinAccount(walking, name, "r1");
    await joinAccount(walking, name, "r2");
  }
  model.inUnit.add("near");
}

async function joinAccount({ lake, people }: AccountWalking, account: string, role: string): Promise<void> {
  const { db } = lake.context;
  const name = `${account}-${role}`;
  const id = must(await insertPrincipal(db, { kind: "user", account_id: null, name }), "a new name");
  const accountId = await accountIdOf(db, account);
  const container = { kind: "account", id: accountId, name: account } as const;
  await addMember(db, { container, member: { id, kind: "user", name } });
  people.set(name, { kind: "user", id, name, role: "none", accountId, mustChangePassword: false });
}

const boss = ({ people }: AccountWalking, account: string) => ({
  principal: must(people.get(`${account}-boss`), "one"),
});

function readersOf({ people, model }: AccountWalking, account: string): readonly string[] {
  return [...people.keys()].filter((name) => name.startsWith(`${account}-r`) && !model.gone.has(name));
}

function isOpen({ state, until }: AccountGift): boolean {
  return state !== "over" && Date.now() < until;
}

export const accountSteps = {
  offer,
  answerOffer,
  passOn,
  takeBack,
  move,
  changeTeam,
  changeAccountShare,
  leaveAccount,
};

/** One share of a table for each account at a time, so that it is known from which one something is passed on. */
async function offer({ lake, random, model }: AccountWalking): Promise<void> {
  const [target, table] = [random.pick(["near", "far", "unit"]), random.pick(tables)];
  const isRival = (one: AccountGift): boolean => (one.target === "far") === (target === "far");
  if (model.accountGifts.some((one) => one.table === table && isRival(one) && one.state !== "over")) return;
  const columns = random.chance(0.4) ? [random.pick(columnNames)] : [...columnNames];
  const part = columns.length < columnNames.length ? { columns } : {};
  const to = target === "unit" ? "unit:unit" : `account:${target}`;
  const { id } = await lake.ask(shareCreate, { on: [table], to, ...part });
  const state = target === "far" ? "offered" : "active";
  model.accountGifts.push({ target, table, shareId: id, columns: new Set(columns), until: Infinity, state });
}

async function answerOffer(walking: AccountWalking): Promise<void> {
  const { lake, random, model } = walking;
  const gift = model.accountGifts.find(({ state }) => state === "offered");
  if (gift === undefined || !isOpen(gift)) return;
  const isAccepted = random.chance(0.8);
  await lake.ask(isAccepted ? shareAccept : shareReject, { id: gift.shareId }, boss(walking, "far"));
  gift.state = isAccepted ? "active" : "over";
}

async function passOn(walking: AccountWalking): Promise<void> {
  const { lake, random, model } = walking;
  const account = random.pick(accounts);
  const own = model.accountGifts.filter((one) => isOpen(one) && one.state === "active" && reaches(model, one, account));
  if (own.length === 0) return;
  const gift = random.pick(own);
  const to = random.pick([...readersOf(walking, account), `group:${account}-team`]);
  if (model.passes.some((pass) => pass.gift === gift && pass.to === to)) return;
  const columns = random.chance(0.4) ? [random.pick([...gift.columns])] : [...gift.columns];
  const part = columns.length < gift.columns.size ? { columns } : {};
  const input = { permissions: ["SELECT"], on: `main.${gift.table}`, to, ...part };
  await refusesWider(walking, { gift, account });
  await lake.ask(grantAdd, input, boss(walking, account));
  model.passes.push({ gift, account, to, columns: new Set(columns) });
}

/** Neither other columns than the share has, nor people of another account. */
async function refusesWider(walking: AccountWalking, { gift, account }: Pick<Pass, "gift" | "account">): Promise<void> {
  const hidden = columnNames.find((name) => !gift.columns.has(name));
  const input = { permissions: ["SELECT"], on: `main.${gift.table}` };
  const [own = ""] = readersOf(walking, account);
  const [other = ""] = readersOf(walking, account === "near" ? "far" : "near");
  const wider = [{ ...input, to: other }, ...(hidden === undefined ? [] : [{ ...input, to: own, columns: [hidden] }])];
  for (const one of wider) {
    const isDone = await walking.lake.ask(grantAdd, one, boss(walking, account)).then(
      () => true,
      () => false,
    );
    if (isDone) throw new Error(`${JSON.stringify(one)} was passed on from ${account}`);
  }
}

async function takeBack(walking: AccountWalking): Promise<void> {
  const { lake, random, model } = walking;
  const live = model.passes.filter(
    ({ gift, account, to }) =>
      isOpen(gift) && gift.state === "active" && reaches(model, gift, account) && !model.gone.has(to),
  );
  if (live.length === 0) return;
  const pass = random.pick(live);
  const input = { permissions: ["SELECT"], on: `main.${pass.gift.table}`, from: pass.to };
  await lake.ask(grantRevoke, input, boss(walking, pass.account));
  for (const [index, one] of [...model.passes.entries()].toReversed())
    if (one.to === pass.to && one.gift.table === pass.gift.table) model.passes.splice(index, 1);
}

async function move({ lake, model }: AccountWalking): Promise<void> {
  const isInside = model.inUnit.has("near");
  await lake.ask(accountSet, { name: "near", unit: isInside ? null : "unit" });
  if (isInside) model.inUnit.delete("near");
  else model.inUnit.add("near");
}

async function changeTeam(walking: AccountWalking): Promise<void> {
  const { lake, random, model } = walking;
  const account = random.pick(accounts);
  const team = must(model.teams.get(account), "a team");
  const member = random.pick(readersOf(walking, account));
  const input = { kind: "group", name: `${account}-team`, member } as const;
  if (team.has(member)) await lake.ask(memberRemove, input, boss(walking, account));
  else await lake.ask(memberAdd, input, boss(walking, account));
  if (!team.delete(member)) team.add(member);
}

async function changeAccountShare({ lake, random, model }: AccountWalking): Promise<void> {
  const open = model.accountGifts.filter(({ state }) => state === "active" || state === "suspended");
  if (open.length === 0) return;
  const gift = random.pick(open);
  const { shareId: id } = gift;
  const done = random.pick(["suspend", "resume", "revoke", "expire"] as const);
  if (done === "revoke") {
    await lake.ask(shareRevoke, { id });
    gift.state = "over";
  } else if (done === "expire") {
    gift.until = Date.now() - 1_000;
    const end = { valid_until: new Date(gift.until) };
    await lake.context.db.updateTable("shares").set(end).where("id", "=", id).execute();
    await lake.ask(shareRevoke, { id });
    gift.state = "over";
  } else if (isOpen(gift) && (gift.state === "active") === (done === "suspend")) {
    await lake.ask(done === "suspend" ? shareSuspend : shareResume, { id });
    gift.state = done === "suspend" ? "suspended" : "active";
  }
}

async function leaveAccount(walking: AccountWalking): Promise<void> {
  const { lake, random, model, people } = walking;
  const account = random.pick(accounts);
  const name = random.pick(readersOf(walking, account));
  const { id } = must(people.get(name), name);
  await sql`update principals set deleted_at = clock_timestamp() where id = ${id}`.execute(lake.context.db);
  model.gone.add(name);
  await joinAccount(walking, account, `r${people.size}`);
}
