/**
 * A random walk over requests, decisions of people and of a system outside, shares with people, accounts and a unit, what is
 * passed on, moves, marks, ends, people who leave and processes that are killed, with real operations on a real metadata
 * database. After each step, everybody may read exactly what model.ts says; at the end, no request is stuck, and every end
 * was written down and told once.
 */
import { sql } from "kysely";
import { openCleanup, type Cleanup } from "../../../src/base/cleanup.ts";
import { must } from "../../../src/base/must.ts";
import type { CatalogTable } from "../../../src/catalog/catalog.ts";
import { uuidv7 } from "../../../src/base/uuid.ts";
import { decide } from "../../../src/governance/decide.ts";
import { hasColumn } from "../../../src/governance/table-access.ts";
import { currentSchema } from "../../../src/iceberg/table-metadata.ts";
import type { Principal } from "../../../src/identity/principal.ts";
import { grantAdd } from "../../../src/operations/access/grants.ts";
import { askAboutShares } from "../../../src/operations/sharing/ask-about-shares.ts";
import { endRequests } from "../../../src/operations/sharing/end-requests.ts";
import { processSet } from "../../../src/operations/sharing/processes.ts";
import { requestAnswer } from "../../../src/operations/sharing/request-answer.ts";
import { requestCreate, requestWithdraw } from "../../../src/operations/sharing/request-create.ts";
import { requestApprove, requestDeny } from "../../../src/operations/sharing/request-decide.ts";
import { requestShow } from "../../../src/operations/sharing/requests.ts";
import { shareResume, shareRevoke, shareSuspend } from "../../../src/operations/sharing/share-changes.ts";
import { databaseDescribe, tableDescribe } from "../../../src/operations/stewardship/describe.ts";
import { stewardAdd, stewardRemove } from "../../../src/operations/stewardship/stewards.ts";
import { openAbsences } from "../../../src/sharing/case-of.ts";
import { answerToken } from "../../../src/sharing/events/answer-token.ts";
import { planMails } from "../../../src/sharing/mail-outbox.ts";
import { openRandom } from "../../soak/random.ts";
import type { TestFlags } from "../../world/lake.ts";
import { memberOf, openPlainLake, type PlainLake } from "../../world/plain-lake.ts";
import { labelledTable } from "../../world/plain-source.ts";
import { startPostgres } from "../../world/postgres-server.ts";
import { accountSteps, beginAccounts, type AccountWalking } from "./account-steps.ts";
import { closedOf, columnNames, emptyModel, judgeGift, marksOf, mayRead, type Model, type Waiting } from "./model.ts";
import { addHook, checkTold, killedWork, openTold, tellAll, type Told } from "./told.ts";

export interface WalkOptions {
  /** Whether processes work beside this one and are killed. */
  readonly kills?: boolean;
}

export interface WalkReport {
  readonly seed: number;
  readonly kills: number;
  readonly passes: number;
  readonly steps: number;
  readonly requests: number;
  readonly shares: number;
  readonly mails: number;
  readonly comparisons: number;
}

const tables = ["one.orders", "one.people", "two.orders"];
const owners = ["olga", "otto"] as const;

interface Walking extends AccountWalking {
  readonly seed: number;
  /** In the order of `tables`. */
  readonly loaded: readonly CatalogTable[];
  /** With which the system outside answers; undefined if no step waits for it. */
  readonly secret: string | undefined;
  /** For processes that are killed; undefined if there are none. */
  readonly flags: TestFlags | undefined;
  kills: number;
}

/** Throws at the first step after which somebody may read anything else than the model says. */
export async function walk(seed: number, steps: number, { kills = false }: WalkOptions = {}): Promise<WalkReport> {
  await using cleanup = openCleanup();
  const told = cleanup.use(await openTold());
  const mails = { smtp: told.mailbox.server, alertFrom: "lake@example.org", publicUrl: "http://127.0.0.1:1" };
  const shared = kills ? { ...mails, databaseUrl: await databaseOf(cleanup) } : mails;
  const lake = cleanup.use(await openPlainLake(undefined, shared));
  const flags = kills ? { ...shared, data: lake.context.config.dataDirectory } : undefined;
  const walking = await begin(seed, { lake, told, flags });
  let comparisons = 0;
  for (let number = 1; number <= steps; number++) {
    const name = walking.random.pick(names);
    await actions[name](walking);
    comparisons += await compare(walking, `step ${number} (${name})`);
  }
  await work(walking, 1);
  comparisons += await compare(walking, "the last work");
  const ends = await checkedEnds(lake, walking.model);
  await tellAll(lake);
  await checkTold(lake, told, walking.kills);
  return { seed, steps, comparisons, kills: walking.kills, passes: walking.model.passes.length, ...ends };
}

/** The URL of a database in a server that outlives processes which are killed. */
async function databaseOf(cleanup: Cleanup): Promise<string> {
  const { user, password, socketDirectory, ...server } = cleanup.use(await startPostgres());
  await server.createDatabase("headgate");
  return `postgres://${user}:${password}@localhost/headgate?host=${encodeURIComponent(socketDirectory)}`;
}

interface Beginning {
  readonly lake: PlainLake;
  readonly told: Told;
  readonly flags: TestFlags | undefined;
}

async function begin(seed: number, { lake, told, flags }: Beginning): Promise<Walking> {
  for (const name of ["one", "two"]) {
    const own = { orders: labelledTable(2), ...(name === "one" && { people: labelledTable(2) }) };
    await (await lake.connect(name, own)).sync();
  }
  const loaded = await Promise.all(tables.map((name) => lake.context.catalog.find(name)));
  const model = emptyModel();
  const people = new Map<string, Principal>();
  const hook = await addHook(lake, told);
  const secret = seed % 2 === 1 ? hook : undefined;
  if (secret !== undefined) await lake.ask(processSet, { process: systemFirst });
  const walking = { seed, lake, random: openRandom(seed), model, people, loaded, secret, flags, kills: 0 };
  for (const name of [...owners, "p1", "p2", "p3"]) await join(walking, name);
  people.set("bot", await memberOf(lake, "bot"));
  for (const database of ["one", "two"])
    for (const who of owners) await lake.ask(stewardAdd, { of: database, who, as: "owner" });
  await beginAccounts(walking);
  return walking;
}

/** Where something is sensitive, a system outside decides before the owner. */
const systemFirst = {
  rules: [
    { when: { sensitivity: ["none"] }, steps: [] },
    {
      steps: [
        { name: "ticket", approvers: ["system:tickets"] },
        { name: "owner", approvers: ["owner"] },
      ],
    },
  ],
};

const actions = {
  create,
  decideOne,
  changeMark,
  changeShare,
  withdraw,
  leave,
  changeOwner,
  work: (walking: Walking) => work(walking, 0.7),
  die,
  ...accountSteps,
} as const;

const names = [
  ...(["create", "create", "create", "decideOne", "decideOne", "decideOne", "changeMark", "changeMark"] as const),
  ...(["work", "work", "changeShare", "withdraw", "leave", "changeOwner", "die"] as const),
  ...(["offer", "offer", "answerOffer", "passOn", "passOn", "passOn", "takeBack", "move", "changeTeam"] as const),
  ...(["changeAccountShare", "leaveAccount"] as const),
];

function as({ people }: Walking, name: string): { readonly principal: Principal } {
  return { principal: must(people.get(name), "somebody") };
}

function present({ people, model }: Walking): readonly string[] {
  return [...people.keys()].filter((name) => !model.gone.has(name) && name.startsWith("p"));
}

async function join(walking: Walking, name: string): Promise<void> {
  const { lake, people } = walking;
  const principal = await memberOf(lake, name);
  people.set(name, principal);
  const row = { id: uuidv7(), principal_id: principal.id, address: `${name}@example.org` };
  await lake.context.db
    .insertInto("mail_subscriptions")
    .values({ ...row, code_digest: Buffer.from(name) })
    .execute();
  await sql`update mail_subscriptions set confirmed_at = clock_timestamp()`.execute(lake.context.db);
  if (owners.some((owner) => owner === name)) return;
  for (const on of ["one.*", "two.*"]) await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on, to: name });
}

async function create(walking: Walking): Promise<void> {
  const { lake, random, model } = walking;
  const [person, table] = [random.pick(present(walking)), random.pick(tables)];
  const columns = random.chance(0.4) ? [random.pick(columnNames)] : [...columnNames];
  const item = { on: table, ...(columns.length < columnNames.length && { columns }) };
  const { request, joined } = await lake.ask(
    requestCreate,
    { items: [item], purpose: "to count" },
    as(walking, person),
  );
  if (joined) {
    must(model.waiting.get(request.request), "the request that was joined");
    return;
  }
  const judged = marksOf(model, table);
  expectEqual(request.state, judged.size === 0 ? "approved" : "pending", "a new request");
  const about = { person, table, columns, kind: "new", gift: undefined, judged, round: 1 } as const;
  if (judged.size > 0) model.waiting.set(request.request, about);
  else give(walking, about, must(request.share, "a share"), true, columns);
}

function give(
  walking: Walking,
  { person, table }: Waiting,
  shareId: string,
  isAutomatic: boolean,
  columns: readonly string[],
): void {
  const { model } = walking;
  const known = new Set(marksOf(model, table));
  model.gifts.push({
    person,
    table,
    shareId,
    isAutomatic,
    known,
    columns: new Set(columns),
    until: Infinity,
    state: "active",
  });
}

async function decideOne(walking: Walking): Promise<void> {
  const { lake, random, model } = walking;
  const open = [...model.waiting];
  if (open.length === 0) return;
  const [handle, waiting] = random.pick(open);
  const given = random.chance(0.3) ? waiting.columns.slice(0, 1) : [...waiting.columns];
  const narrow = given.length < waiting.columns.length ? [{ on: waiting.table, columns: given }] : [];
  const approve = (by: string) => lake.ask(requestApprove, { requests: [handle], narrow }, as(walking, by));
  const deny = (by: string) => lake.ask(requestDeny, { requests: [handle], reason: "no" }, as(walking, by));
  const [first, second] = random.chance(0.5) ? owners : owners.toReversed();
  const tries: Promise<unknown>[] = [];
  if (random.chance(0.3)) tries.push(letSystemAnswer(walking, handle));
  else await letSystemAnswer(walking, handle).catch(() => undefined);
  tries.push(random.chance(0.6) ? approve(must(first, "an owner")) : deny(must(first, "an owner")));
  if (random.chance(0.4)) tries.push(random.chance(0.5) ? approve(must(second, "one")) : deny(must(second, "one")));
  if (random.chance(0.15) && waiting.kind === "new" && !model.gone.has(waiting.person))
    tries.push(lake.ask(requestWithdraw, { request: handle }, as(walking, waiting.person)));
  await Promise.allSettled(tries);
  await settle(walking, handle, waiting, given);
}

/** The answer of the system outside, if one decides; at times twice at once, and at times one for an earlier round. */
async function letSystemAnswer({ lake, random, secret, people }: Walking, handle: string): Promise<void> {
  if (secret === undefined || random.chance(0.2)) return;
  const { id: requestId, round } = await lake.context.db
    .selectFrom("share_requests")
    .select(["id", "round"])
    .where("handle", "=", handle)
    .executeTakeFirstOrThrow();
  const verdict = random.chance(0.8) ? "approve" : "deny";
  const answer = (of: number) =>
    lake.ask(
      requestAnswer,
      {
        request: handle,
        step: 1,
        token: answerToken(secret, { requestId, round: of, step: 0 }),
        verdict,
        ...(verdict === "deny" && { reason: "no" }),
      },
      { principal: must(people.get("bot"), "the system") },
    );
  const done = await Promise.allSettled([answer(round), answer(round), answer(round + 1)]);
  const counted = done.filter(({ status }) => status === "fulfilled").length;
  if (counted > 1 || done[2]?.status === "fulfilled") throw new Error(`${handle}: ${counted} answers counted`);
}

/** Finds out what became of a request, and whether that could be. */
async function settle(walking: Walking, handle: string, waiting: Waiting, given: readonly string[]): Promise<void> {
  const { lake, model } = walking;
  const after = await lake.ask(requestShow, { request: handle });
  const { gift, table, person, judged } = waiting;
  const isRaised = [...marksOf(model, table)].some((mark) => !judged.has(mark));
  if (after.state === "pending") {
    const isBegun = walking.secret !== undefined && after.steps.some((step) => step.state !== "done");
    if (!isRaised && !isBegun) throw new Error(`${handle} is pending after a decision, though nothing was marked`);
    if (after.round > waiting.round) waiting.judged = marksOf(model, table);
    waiting.round = after.round;
    return;
  }
  model.waiting.delete(handle);
  if (after.state === "approved") {
    if (model.gone.has(person)) throw new Error(`${handle} of somebody who left was approved`);
    if (after.round === waiting.round && isRaised) throw new Error(`${handle} was approved, though more was marked`);
    if (gift === undefined) give(walking, waiting, must(after.share, "a share"), false, given);
    else judgeGift(model, gift, waiting.columns, given);
  } else if (after.state === "denied" && gift !== undefined) judgeGift(model, gift, waiting.columns, []);
}

async function changeMark(walking: Walking): Promise<void> {
  const { lake, random, model } = walking;
  const table = random.pick(tables);
  const column = random.pick(columnNames);
  const thing = random.pick([`${table}.${column}`, `${table}.${column}`, table, table.split(".")[0] ?? ""]);
  const change = model.marks.has(thing)
    ? { unset: ["pii_flag"] }
    : { set: { pii_flag: random.pick(["true", "TRUE", "1"]) } };
  if (thing.includes(".")) {
    const at = thing === table ? { table } : { table, column };
    await lake.ask(tableDescribe, { ...at, ...change });
  } else await lake.ask(databaseDescribe, { database: thing, ...change });
  if (!model.marks.delete(thing)) model.marks.add(thing);
}

async function changeShare(walking: Walking): Promise<void> {
  const { lake, random, model } = walking;
  const open = model.gifts.filter(({ state }) => state !== "over");
  if (open.length === 0) return;
  const gift = random.pick(open);
  const { shareId: id } = gift;
  const done = random.pick(["suspend", "resume", "revoke", "expire"] as const);
  const isOver = gift.until <= Date.now();
  if (done === "revoke") {
    await lake.ask(shareRevoke, { id });
    gift.state = "over";
  } else if (done === "expire") {
    gift.until = Date.now() - 1_000;
    await lake.context.db
      .updateTable("shares")
      .set({ valid_until: new Date(gift.until) })
      .where("id", "=", id)
      .execute();
  } else if (!isOver && (gift.state === "active") === (done === "suspend")) {
    await lake.ask(done === "suspend" ? shareSuspend : shareResume, { id });
    gift.state = done === "suspend" ? "suspended" : "active";
  }
}

async function withdraw(walking: Walking): Promise<void> {
  const { lake, random, model } = walking;
  const own = [...model.waiting].filter(([, { kind, person }]) => kind === "new" && !model.gone.has(person));
  if (own.length === 0) return;
  const [request, { person }] = random.pick(own);
  await lake.ask(requestWithdraw, { request }, as(walking, person));
  model.waiting.delete(request);
}

async function leave(walking: Walking): Promise<void> {
  const { lake, random, model, people } = walking;
  const name = random.pick(present(walking));
  const { id } = must(people.get(name), name);
  await sql`update principals set deleted_at = clock_timestamp() where id = ${id}`.execute(lake.context.db);
  model.gone.add(name);
  for (const gift of model.gifts) if (gift.person === name) gift.state = "over";
  await join(walking, `p${people.size}`);
}

async function changeOwner(walking: Walking): Promise<void> {
  const { lake, random } = walking;
  const [of, who] = [random.pick(["one", "two"]), random.pick(owners)];
  await lake.ask(stewardRemove, { of, who, as: "owner" });
  await lake.ask(stewardAdd, { of, who, as: "owner" });
}

/** The parts of the work that goes on by itself, each left out at times, as if the process had died before it. */
async function work(walking: Walking, chance: number): Promise<void> {
  const { lake, random, model } = walking;
  if (random.chance(chance)) await Promise.all([endRequests(lake.context, "all"), endRequests(lake.context, "late")]);
  for (const [handle] of model.waiting) {
    const { state } = await lake.ask(requestShow, { request: handle });
    if (state !== "pending") model.waiting.delete(handle);
  }
  if (random.chance(chance)) await Promise.all([askAboutShares(lake.context), askAboutShares(lake.context)]);
  await noteJudgements(walking);
  if (random.chance(chance)) await Promise.all([planNow(lake), planNow(lake)]);
}

/** Another process does the work and is killed on the way; what it had begun goes on here. */
async function die(walking: Walking): Promise<void> {
  const { flags, random } = walking;
  if (flags === undefined) return work(walking, 0.7);
  if (await killedWork({ flags, random })) walking.kills++;
  await work(walking, 0);
}

async function noteJudgements(walking: Walking): Promise<void> {
  const { lake, model } = walking;
  const rows = await lake.context.db
    .selectFrom("share_requests")
    .select(["handle", "about_share"])
    .where("kind", "=", "judgement")
    .where("state", "=", "pending")
    .execute();
  expectEqual(new Set(rows.map((row) => row.about_share)).size, rows.length, "pending judgements of one share");
  for (const { handle, about_share: shareId } of rows) {
    if (model.waiting.has(handle)) continue;
    const gift = must(
      model.gifts.find((one) => one.shareId === shareId),
      "the gift of a judgement",
    );
    const columns = closedOf(model, gift);
    if (columns.length === 0) throw new Error(`${handle} asks about a share of which nothing is closed`);
    const { person, table } = gift;
    model.waiting.set(handle, {
      kind: "judgement",
      person,
      table,
      columns,
      gift,
      judged: marksOf(model, table),
      round: 1,
    });
  }
}

async function compare(walking: Walking, step: string): Promise<number> {
  const { lake, model, people, seed, loaded } = walking;
  let comparisons = 0;
  const policy = await lake.context.policies.current();
  for (const [index, name] of tables.entries()) {
    const table = must(loaded[index], name);
    const { fields } = currentSchema(table.metadata);
    for (const [person, principal] of people) {
      const now = Date.now();
      const resource = { kind: "table", ...table } as const;
      const decision = decide({ policy, principal, action: "read", resource, now });
      const parts = decision.allowed ? decision.access.parts : [];
      const seen = fields
        .filter(({ id }) => parts.some((part) => hasColumn(part.columns, id)))
        .map((field) => field.name);
      const wanted = mayRead(model, person, name, now);
      const said = `seed ${seed}, ${step}: what ${person} reads of ${name}`;
      expectEqual(seen.toSorted().join(), [...wanted].toSorted().join(), said);
      comparisons++;
    }
  }
  return comparisons;
}

async function planNow({ context }: PlainLake): Promise<void> {
  const now = Date.now();
  const moment = { policy: await context.policies.current(), now, absences: await openAbsences(context.db, now) };
  await planMails(context.db, moment);
}

/** Every pending request waits for somebody, and every end has one event and one mail to each person who asked. */
async function checkedEnds(lake: PlainLake, model: Model) {
  const { db } = lake.context;
  for (const request of model.waiting.keys()) {
    const { state, steps } = await lake.ask(requestShow, { request });
    expectEqual(state, "pending", "a request that nobody decided on");
    if (!steps.some(({ waitsFor }) => waitsFor.length > 0)) throw new Error(`${request} waits for nobody`);
  }
  const { rows: wrong } = await sql<{ handle: string; events: number; mails: number }>`
    select handle, events, mails from (
      select handle,
        (select count(*)::int from sharing_events where request_id = share_requests.id and type in ('request.approved',
          'request.partly-approved', 'request.denied', 'request.withdrawn', 'request.expired')) as events,
        (select count(*)::int from mail_outbox where request_id = share_requests.id and kind = 'ended'
          and principal_id = share_requests.person_id) as mails
      from share_requests where ended_at is not null) as ended
    where events <> 1 or mails <> 1`.execute(db);
  expectEqual(JSON.stringify(wrong), "[]", "ends without their event or mail");
  const count = async (table: "share_requests" | "shares" | "mail_outbox") => {
    const row = await db
      .selectFrom(table)
      .select(sql<number>`count(*)::int`.as("count"))
      .executeTakeFirstOrThrow();
    return row.count;
  };
  return {
    requests: await count("share_requests"),
    shares: await count("shares"),
    mails: await count("mail_outbox"),
  };
}

function expectEqual(found: unknown, wanted: unknown, about: string): void {
  if (found !== wanted) throw new Error(`${about}: ${String(found)} instead of ${String(wanted)}`);
}
