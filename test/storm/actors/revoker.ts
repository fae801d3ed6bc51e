/**
 * Revokes the right of somebody who has results and event streams open: all of them must end at once, and nothing more
 * is answered. Then restores the right, and begins again in another way.
 */
import { setTimeout as delay } from "node:timers/promises";
import { askOperation, begin, post, responseOf, type Caller } from "../asking.ts";
import type { Random } from "../../soak/random.ts";
import { said, type Actor, type Storm } from "../storm-world.ts";

/** Headgate promises two seconds; one more is allowed for a machine on which everything else is busy too. */
const boundMs = 3_000;
/** Nothing that is still open then will end by itself. */
const patienceMs = 15_000;

export const revoker: Actor = {
  name: "revoker",
  async run(storm, random) {
    const ways = [wayOfKey(storm), ...(await waysOfUser(storm))];
    while (!storm.isOver()) {
      await revokeOnce(storm, random.pick(ways), random);
      await storm.pause(3_000 + random.below(5_000));
    }
  },
};

interface Way {
  readonly name: string;
  /** Whether event streams end too. */
  readonly endsEvents: boolean;
  /** The outcome of a request afterwards. */
  readonly refusal: string;
  caller(): Caller;
  revoke(): Promise<void>;
  restore(): Promise<void>;
}

async function revokeOnce(storm: Storm, way: Way, random: Random): Promise<void> {
  const caller = way.caller();
  const open = [openResult(storm, caller, random), openResult(storm, caller, random), openSilent(storm, caller)];
  if (way.endsEvents) open.push(openStream(storm, caller, { path: "/api/events" }));
  await storm.pause(500 + random.below(2_500));
  const still = open.filter(({ isOpen }) => isOpen());
  if (storm.isOver()) return;
  await way.revoke();
  const revoked = performance.now();
  await Promise.race([Promise.all(still.map(({ ended }) => ended)), storm.pause(patienceMs)]);
  if (storm.isOver()) return;
  judgeEnd(storm, { way, still, ms: performance.now() - revoked });
  const refused = await askOperation(caller, { operation: "sql", input: { sql: "select 1" }, signal: storm.signal });
  if (refused.outcome !== way.refusal && !storm.isOver())
    storm.complain(`revoker: ${way.name}: asked afterwards, the answer is ${said(refused)}, not ${way.refusal}`);
  for (const stream of open) stream.close();
  if (!storm.isOver()) await way.restore();
}

interface Ended {
  readonly way: Way;
  readonly still: readonly OpenStream[];
  readonly ms: number;
}

function judgeEnd(storm: Storm, { way, still, ms }: Ended): void {
  const left = still.filter(({ isOpen }) => isOpen());
  storm.count("revoker", `${way.name}, ${left.length === 0 ? "all ended" : "some went on"}`);
  if (still.length > 0) storm.totals.revocations.push(ms);
  if (ms <= boundMs) return;
  const which = left.map(({ name, bytes }) => `${name} (${bytes()} bytes)`).join(", ");
  storm.complain(`revoker: ${way.name}: after ${Math.round(ms)} ms still open: ${which || "nothing any more"}`);
}

interface OpenStream {
  readonly name: string;
  readonly ended: Promise<void>;
  isOpen(): boolean;
  bytes(): number;
  close(): void;
}

function openResult(storm: Storm, caller: Caller, random: Random): OpenStream {
  const { name } = random.pick(storm.banks);
  const sql = `select a.*, b.label as other from ${name}.reading a cross join ${name}.reading b`;
  return openStream(storm, caller, { path: "/api/operations/sql", input: { sql } });
}

/** Works for a long time before it has a row. */
function openSilent(storm: Storm, caller: Caller): OpenStream {
  const sql = `select count(*) from postgres.reading a, postgres.reading b where a.value + b.value = 1`;
  return openStream(storm, caller, { path: "/api/operations/sql", input: { sql } });
}

/** Read slowly, as by somebody who looks at it: some megabytes per second. */
function openStream(storm: Storm, caller: Caller, asked: { path: string; input?: object }): OpenStream {
  const asking = begin(caller, { ...asked, signal: storm.signal });
  let [isOpen, bytes] = [true, 0];
  const read = async (): Promise<void> => {
    for await (const chunk of await responseOf(asking)) {
      bytes += (chunk as Buffer).length;
      await delay(10);
    }
  };
  const ended = read()
    .catch(() => undefined)
    .finally(() => (isOpen = false));
  return { name: asked.path, ended, isOpen: () => isOpen, bytes: () => bytes, close: () => void asking.destroy() };
}

async function administer(storm: Storm, operation: string, input: object): Promise<void> {
  const answer = await askOperation(storm.administrator, { operation, input });
  if (answer.outcome !== "ok" && !storm.isOver())
    storm.complain(`revoker: ${operation} ${JSON.stringify(input)}: ${said(answer)}`);
}

function wayOfKey(storm: Storm): Way {
  const name = "short-lived key";
  let made: Caller | undefined;
  const opening = storm.newKey(name, "analyst").then((caller) => (made = caller));
  return {
    name: "key revoked",
    endsEvents: true,
    refusal: "UNAUTHENTICATED",
    caller: () => made ?? storm.administrator,
    async revoke() {
      await opening;
      await administer(storm, "key.revoke", { name });
    },
    async restore() {
      made = await storm.newKey(name, "analyst");
    },
  };
}

const person = "turncoat";
const password = "a password that is long enough";

async function waysOfUser(storm: Storm): Promise<readonly Way[]> {
  const session = await openSession(storm);
  const change = (input: object): Promise<void> => administer(storm, "user.set", { name: person, ...input });
  return [
    {
      name: "user deactivated",
      endsEvents: true,
      refusal: "UNAUTHENTICATED",
      caller: session.caller,
      revoke: () => change({ active: false }),
      async restore() {
        await change({ active: true });
        await session.renew();
      },
    },
    {
      name: "role changed",
      endsEvents: false,
      refusal: "NOT_ALLOWED",
      caller: session.caller,
      revoke: () => change({ role: "viewer" }),
      async restore() {
        await change({ role: "analyst" });
        await session.renew();
      },
    },
    {
      name: "signed out",
      endsEvents: true,
      refusal: "UNAUTHENTICATED",
      caller: session.caller,
      async revoke() {
        await post(session.caller(), { path: "/api/sign-out", input: {} });
      },
      restore: session.renew,
    },
  ];
}

interface Session {
  caller(): Caller;
  /** Signs in again if the session has ended. */
  renew(): Promise<void>;
}

async function openSession(storm: Storm): Promise<Session> {
  const { origin } = storm.served;
  const { result } = await askOperation(storm.administrator, {
    operation: "user.add",
    input: { name: person, role: "analyst" },
  });
  const first = String(result["oneTimePassword"]);
  let caller: Caller = { origin, headers: {} };
  const enter = async (path: string, input: object): Promise<void> => {
    const answer = await post(caller, { path, input });
    if (answer.outcome !== "ok") throw new Error(`${person} is not let in: ${said(answer)}`);
    caller = { origin, headers: { cookie: answer.cookie, origin } };
  };
  await enter("/api/sign-in", { user: person, password: first });
  await enter("/api/password", { password: first, newPassword: password });
  return {
    caller: () => caller,
    async renew() {
      const known = await askOperation(caller, { operation: "sql", input: { sql: "select 1" }, signal: storm.signal });
      if (known.outcome === "UNAUTHENTICATED") await enter("/api/sign-in", { user: person, password });
    },
  };
}
