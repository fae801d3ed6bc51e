/**
 * The state that all parts of a storm share: randomness, the server, the sources, the end of the storm, counters and
 * findings.
 */
import { setTimeout as delay } from "node:timers/promises";
import { openRandom, type Random } from "../soak/random.ts";
import type { ServedHeadgate } from "../world/served-headgate.ts";
import type { Role } from "../../src/db/tables.ts";
import { askOperation, type Answer, type Caller } from "./asking.ts";
import type { Bank } from "./bank.ts";
import type { Watch } from "./watch.ts";

/** The process of `headgate up`. */
export interface StormServer {
  readonly pid: number;
  /** With its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null | undefined>;
  isEnded(): boolean;
  /** Everything that it has written to stderr. */
  log(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface Storm {
  readonly seed: number;
  readonly served: ServedHeadgate;
  readonly server: StormServer;
  readonly banks: readonly Bank[];
  readonly watch: Watch;
  /** Asks as the administrator. */
  readonly administrator: Caller;
  /** Aborted when the storm is over; everything still open is then disconnected. */
  readonly signal: AbortSignal;
  readonly totals: Totals;
  isOver(): boolean;
  /** Ends the storm. */
  end(): void;
  /** Returns at once when the storm is over. */
  pause(milliseconds: number): Promise<void>;
  /** A new API key, which is a separate principal. Throws if none is created. */
  newKey(name: string, role: Role): Promise<Caller>;
  /** Reports that something is wrong. */
  complain(what: string): void;
  count(actor: string, outcome: string): void;
}

export interface Totals {
  /** By actor, then by outcome. */
  readonly outcomes: Map<string, Map<string, number>>;
  readonly complaints: string[];
  /** Milliseconds from the moment somebody's right ended until the last of their open answers did. */
  readonly revocations: number[];
  /** Durations of the quiet person's statements, in milliseconds. */
  readonly quiet: number[];
}

/**
 * Somebody who does one kind of thing until the storm is over. Each has a random generator of their own, so that actors
 * do not influence each other's choices.
 */
export interface Actor {
  readonly name: string;
  run(storm: Storm, random: Random): Promise<void>;
}

/** With more findings than this, they are most likely repetitions. */
const mostComplaints = 40;

export interface StormParts {
  readonly seed: number;
  readonly served: ServedHeadgate;
  readonly server: StormServer;
  readonly banks: readonly Bank[];
  readonly watch: Watch;
  say(text: string): void;
}

export function openStorm({ say, ...parts }: StormParts): Storm {
  const over = new AbortController();
  const totals: Totals = { outcomes: new Map(), complaints: [], revocations: [], quiet: [] };
  const administrator = callerWithKey(parts.served, parts.served.key);
  return {
    ...parts,
    administrator,
    totals,
    signal: over.signal,
    isOver: () => over.signal.aborted,
    end: () => over.abort(),
    pause: (milliseconds) => delay(milliseconds, undefined, { signal: over.signal }).catch(() => undefined),
    async newKey(name, role) {
      const answer = await askOperation(administrator, { operation: "key.create", input: { name, role } });
      if (answer.outcome !== "ok") throw new Error(`no key ${name}: ${said(answer)}`);
      return callerWithKey(parts.served, String(answer.result["key"]));
    },
    complain(what) {
      totals.complaints.push(what);
      if (totals.complaints.length <= mostComplaints) say(`WRONG ${what}`);
      if (totals.complaints.length === mostComplaints) over.abort();
    },
    count(actor, outcome) {
      const outcomes = totals.outcomes.get(actor) ?? new Map<string, number>();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      totals.outcomes.set(actor, outcomes);
    },
  };
}

/** Each actor's random generator is seeded from the storm's seed and the actor's place in the list. */
export function chanceOf({ seed }: Storm, place: number): Random {
  return openRandom(seed * 1_009 + place);
}

export function callerWithKey({ origin }: ServedHeadgate, key: string): Caller {
  return { origin, headers: { authorization: `Bearer ${key}` } };
}

export function said({ outcome, message }: Answer): string {
  return `${outcome}: ${message}`;
}
