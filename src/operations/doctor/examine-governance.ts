/**
 * Proves in this very installation that rules hold: for each kind of rule, canaries try by the ways that people have to
 * learn what they may not, and to learn what they may. Everything that is made for it is removed, also after a crash.
 */
import { presentError } from "../../base/present-error.ts";
import { withLock } from "../../db/session-lock.ts";
import type { Report } from "../../base/progress.ts";
import { askingLabel } from "../../identity/principal-name.ts";
import type { Context } from "../context.ts";
import { addCanaryAccount, doctorLock, removeCanaries } from "./canary-account.ts";
import { canaryPeople, type Canaries } from "./canary-people.ts";
import { addCanaryTable, type CanaryTable } from "./canary-table.ts";
import { askAs, explainedTo, tryAllWays } from "./canary-ways.ts";
import { sql } from "../sql.ts";
import { checkCanary, plainNumber, type Check } from "./check-canary.ts";
import { governanceRules, type Moment, type RuleParts } from "./governance-rules.ts";

export interface ExaminedRule {
  readonly rule: string;
  readonly holds: boolean;
  readonly checks: number;
  /** Those that do not hold, and why the rule could not be examined. */
  readonly failures: readonly ExaminedFailure[];
}

export interface ExaminedFailure {
  readonly when: string;
  readonly way: string;
  readonly found: string;
}

export interface Examination {
  readonly holds: boolean;
  readonly rules: readonly ExaminedRule[];
}

interface Examining {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Waits while another process examines. Throws what prevents the canaries from being made or removed. */
export function examineGovernance(context: Context, { report, signal }: Examining): Promise<Examination> {
  const onWait = (): void => report({ kind: "note", text: "another examination is in progress; waiting for its end" });
  return withLock(context.db, { name: doctorLock, onWait, signal }, async () => {
    await removeCanaries(context);
    try {
      const account = await addCanaryAccount(context);
      const table = await addCanaryTable(context, account);
      const canaries = canaryPeople(context, account);
      const rules: ExaminedRule[] = [];
      for (const rule of Object.keys(governanceRules)) {
        signal.throwIfAborted();
        report({ kind: "note", text: `examining: ${rule}` });
        rules.push(await examine(context, { rule, canaries, table }));
      }
      return { holds: rules.every(({ holds }) => holds), rules };
    } finally {
      await removeCanaries(context);
    }
  });
}

interface OneRule {
  readonly rule: string;
  readonly canaries: Canaries;
  readonly table: CanaryTable;
}

/** A rule that cannot be made, or a way that fails, is a rule of which nothing is proved. */
async function examine(context: Context, { rule, canaries, table }: OneRule): Promise<ExaminedRule> {
  const failures: ExaminedFailure[] = [];
  let checks = 0;
  const at = async (moment: Moment): Promise<void> => {
    const made = await learn(context, { canaries, table, moment });
    checks += made.length;
    const failed = made.filter(({ holds }) => !holds);
    failures.push(...failed.map(({ way, found }) => ({ when: moment.when, way, found })));
  };
  const rowsFor: RuleParts["rowsFor"] = async (who, statement) => {
    const { answer, rows } = await askAs(context, who, { operation: sql, input: { sql: statement } });
    return answer === undefined ? undefined : rows.map((row) => row.map(plainNumber));
  };
  const judge: RuleParts["judge"] = ({ when, way, holds }) => {
    checks++;
    if (!holds) failures.push({ when, way, found: "not as the rule says" });
  };
  try {
    await governanceRules[rule]?.({ canaries, table, at, rowsFor, judge });
  } catch (failure) {
    const { code, message } = presentError(failure);
    failures.push({ when: "the examination", way: "itself", found: `it failed with ${code}: ${message}` });
  }
  return { rule, holds: failures.length === 0 && checks > 0, checks, failures };
}

interface Learning extends Omit<OneRule, "rule"> {
  readonly moment: Moment;
}

async function learn(context: Context, { canaries, table, moment }: Learning): Promise<readonly Check[]> {
  const { who: principal, explained: person = principal, table: named = table.name, expected } = moment;
  const ways = await tryAllWays(context, { principal, table: named });
  const asked = { by: canaries.account.owner, who: askingLabel(person), table: table.name };
  const explained = await explainedTo(context, asked);
  const isInside = principal.accountId === canaries.account.id;
  return checkCanary(expected, { ways, explained, table, isInside });
}
