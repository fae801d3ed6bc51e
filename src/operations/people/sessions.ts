/** Operations on sessions: everybody's own, and for administrators anybody's. */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { organisation, visible } from "../../governance/resource.ts";
import { personOf } from "../../identity/principal.ts";
import { endSession, endSessionsOf, listSessions } from "../../identity/sessions.ts";
import { getUser } from "../../identity/users.ts";
import { count, instant, list } from "../answers.ts";
import { operation } from "../operation.ts";

const session = z
  .strictObject({
    id: z.string(),
    user: z.string(),
    address: z.string().nullable().describe("Where it was opened."),
    account: z.string().nullable().describe("The account that it acts in."),
    actingAs: z.string().nullable().describe("The role that its user has assumed."),
    createdAt: instant,
    usedAt: instant.describe("To the minute."),
  })
  .meta({ title: "Session" });

const shown = { output: z.strictObject({ sessions: list(session) }) };

export const sessionMine = operation({
  name: "session.mine",
  summary: "List the caller's own sessions",
  action: "watch",
  input: z.strictObject({}),
  ...shown,
  errors: [],
  resources: () => [visible],
  async run({ db }, _input, { principal }) {
    return { sessions: (await listSessions(db, personOf(principal).id)).map(presented) };
  },
});

export const sessionList = operation({
  name: "session.list",
  summary: "List the sessions of a user, or of everybody",
  action: "administer",
  changes: false,
  input: z.strictObject({ user: z.string().optional() }),
  ...shown,
  errors: ["USER_NOT_FOUND"],
  resources: ({ user }) => [user === undefined ? organisation : { kind: "user", name: user }],
  async run({ db }, { user }) {
    const id = user === undefined ? undefined : (await getUser(db, user)).id;
    return { sessions: (await listSessions(db, id)).map(presented) };
  },
});

function presented({ createdAt, usedAt, ...more }: Awaited<ReturnType<typeof listSessions>>[number]) {
  return { ...more, createdAt: createdAt.toISOString(), usedAt: usedAt.toISOString() };
}

const uuid = z.uuid().describe("As the list has it.");

export const sessionLeave = operation({
  name: "session.leave",
  summary: "End one of the caller's own sessions",
  action: "watch",
  changes: true,
  input: z.strictObject({ id: uuid }),
  output: z.strictObject({ ended: count }),
  errors: ["SESSION_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { id }, { principal }) {
    await endSession(db, { id, userId: personOf(principal).id });
    return { ended: 1 };
  },
});

export const sessionEnd = operation({
  name: "session.end",
  summary: "End anybody's session, or all sessions of a user",
  action: "administer",
  input: z.strictObject({ id: uuid.optional(), user: z.string().optional() }),
  output: z.strictObject({ ended: count }),
  errors: ["SESSION_NOT_FOUND", "USER_NOT_FOUND"],
  resources: ({ user }) => [user === undefined ? organisation : { kind: "user", name: user }],
  async run({ db }, { id, user }, { record }) {
    record({ session: id });
    if ((id === undefined) === (user === undefined))
      throw new HeadgateError("USAGE", { place: "session.end", message: "name either a session or a user" });
    if (user !== undefined) return { ended: await endSessionsOf(db, (await getUser(db, user)).id) };
    await endSession(db, { id: id ?? "" });
    return { ended: 1 };
  },
});
