/** For tests: asks decide.ts and the naive rules the same questions about random policies. */
import { openRandom, type Random } from "../../test/soak/random.ts";
import { must } from "../base/must.ts";
import type { Principal } from "../identity/principal.ts";
import { askingOf } from "./asking.ts";
import { decideFor, type Action, type Decision } from "./decide.ts";
import { askingsAs, explainedActions, reachOf, readersOf } from "./effective-access.ts";
import { naiveDecide, sampleRows, type Cell, type NaiveAnswer, type SampleRow } from "./naive-decide.fixture.ts";
import { knownScope, type KnownScope } from "./known-scope.ts";
import { emptyPolicy, type Policy } from "./policy.ts";
import { withRows, type PolicyRows } from "./policy-rows.ts";
import { evaluate } from "./predicate/evaluate-predicate.fixture.ts";
import {
  accounts,
  databases,
  fieldIds,
  holders,
  moments,
  principals,
  randomRows,
  resources,
  tables,
} from "./random-policy.fixture.ts";
import { standingOf } from "./standing.ts";
import { hasColumn, showsColumn, type TableAccess } from "./table-access.ts";

const everyAction = [...explainedActions, "browse", "create", "annotate", "alter", "drop"] as const;

export const questionsEach = 20;

/** Undefined if all answers to one random policy are the same; otherwise the first question that was answered otherwise. */
export function firstDifference(seed: number): string | undefined {
  const random = openRandom(seed);
  const rows = randomRows(random);
  const wrong = comparedAnswers({ random, rows, policy: policyOfRows(rows, random) });
  return wrong === undefined ? undefined : JSON.stringify({ seed, ...wrong });
}

interface Compared {
  readonly random: Random;
  readonly rows: PolicyRows;
  readonly policy: Policy;
}

/** Undefined if random questions about this policy are answered alike. */
export function comparedAnswers({ random, rows, policy }: Compared): object | undefined {
  for (let asked = 0; asked < questionsEach; asked++) {
    const question = randomQuestion(random, rows);
    const resource = random.chance(0.4) ? must(tables[0], "a table") : random.pick(resources);
    const asking = askingOf(policy, personOf(question), question.now);
    const given = answerOf(decideFor(asking, question.action, resource), question.action, resource.kind === "table");
    const wanted = naiveDecide({ rows, resource, ...question });
    if (JSON.stringify(given) !== JSON.stringify(wanted)) return { question, resource, given, wanted };
  }
  return undefined;
}

/** Half of the questions are about reading, and half of them about somebody who holds a grant. */
function randomQuestion(random: Random, { grants }: PolicyRows) {
  const granted = grants.map((grant) => grant.principal_id);
  return {
    who: random.pick(granted.length > 0 && random.chance(0.5) ? granted : holders),
    action: random.chance(0.5) ? ("read" as const) : random.pick(everyAction),
    acting: random.pick([...accounts, "none"]),
    now: random.below(moments),
  };
}

/** The same for what lists of access say, of all tables and all principals at once. */
export function firstDifferenceInLists(seed: number): string | undefined {
  const random = openRandom(seed);
  const rows = randomRows(random);
  const policy = policyOfRows(rows, random);
  const now = random.below(moments);
  const may = (who: string, action: Action, resource: (typeof tables)[number]): boolean =>
    [...accounts, "none"].some((acting) => naiveDecide({ rows, who, acting, action, resource, now }).allowed);
  for (const table of tables) {
    const readers = [...new Set(readersOf(policy, table, now).map(({ principal }) => principal.id))];
    const wanted = principals.filter((who) => !who.startsWith("g") && may(who, "read", table));
    if (readers.toSorted().join() !== wanted.toSorted().join())
      return JSON.stringify({ seed, now, table: table.id, readers, wanted });
  }
  for (const asking of [...policy.principals.values()].flatMap((one) => askingsAs(policy, one, now))) {
    const { id: who } = asking.principal;
    const acting = asking.accountId;
    const reach = reachOf(asking, tables).map(
      ({ resource, decisions }) => `${resource.id} ${[...decisions.keys()].join(" ")}`,
    );
    const wanted = tables.flatMap((table) => {
      const actions = explainedActions.filter(
        (action) => naiveDecide({ rows, who, acting, action, resource: table, now }).allowed,
      );
      return actions.length === 0 ? [] : [`${table.id} ${actions.join(" ")}`];
    });
    if (reach.join() !== wanted.join()) return JSON.stringify({ seed, now, who, acting, reach, wanted });
    const standing = standingOf(asking);
    if (asking.reader.ids.symmetricDifference(new Set(standing.keys())).size > 0)
      return JSON.stringify({ seed, now, who, standing: [...standing.keys()] });
  }
  return undefined;
}

/** Undefined if the scope of a search holds whatever may be found; otherwise a thing that a search would never come to. */
export function firstOutsideScope(seed: number): string | undefined {
  const random = openRandom(seed);
  const policy = policyOfRows(randomRows(random), random);
  const now = random.below(moments);
  for (const asking of [...policy.principals.values()].flatMap((one) => askingsAs(policy, one, now))) {
    for (const action of ["browse", "watch"] as const) {
      const scope = knownScope(asking, action);
      const outside = [...tables, ...databases.map((one) => ({ kind: "database", ...one }) as const)].find(
        (thing) =>
          policy.accounts.has(thing.accountId) && decideFor(asking, action, thing).allowed && !isWithin(scope, thing),
      );
      if (outside !== undefined) return JSON.stringify({ seed, now, who: asking.principal.id, action, outside });
    }
  }
  return undefined;
}

type Found = (typeof tables)[number] | ({ readonly kind: "database" } & (typeof databases)[number]);

function isWithin({ all, accounts: known, databases: whole, things }: KnownScope, thing: Found): boolean {
  if (all || known.includes(thing.accountId) || things.includes(thing.id)) return true;
  if (whole.includes(thing.kind === "database" ? thing.id : thing.databaseId)) return true;
  return thing.kind === "database" && tables.some((one) => one.databaseId === thing.id && things.includes(one.id));
}

/** Half of the policies have become what they are by changes. */
export function policyOfRows(rows: PolicyRows, random: Random): Policy {
  if (random.chance(0.5)) return withRows(emptyPolicy, rows);
  const before = withRows(emptyPolicy, {
    ...rows,
    principals: rows.principals.map((row) => ({ ...row, active: true, deleted_at: null, attributes: {} })),
    memberships: rows.memberships.map((row) => ({ ...row, ended_at: null })),
    filters: rows.filters.map((row) => ({ ...row, ended_at: null, masks: [] })),
    shares: rows.shares.map((row) => ({ ...row, state: "active", ended_at: null })),
    units: rows.units.map((row) => ({ ...row, parent_id: null })),
    grants: rows.grants.map((row) => ({ ...row, ended_at: null })),
    tagAssignments: rows.tagAssignments.map((row) => ({ ...row, ended_at: null })),
    tagExpressions: rows.tagExpressions.map((row) => ({ ...row, ended_at: null, alternatives: [] })),
    stewards: rows.stewards.map((row) => ({ ...row, ended_at: null })),
  });
  return withRows(before, { ...rows, epoch: 2n });
}

function personOf({ who: id, acting: accountId }: { who: string; acting: string | undefined }): Principal {
  const kind = id.startsWith("k") ? "service" : "user";
  return { kind, id, name: id, role: "none", accountId, mustChangePassword: false };
}

function answerOf(decision: Decision, action: Action, isTable: boolean): NaiveAnswer {
  const { allowed } = decision;
  if (!decision.allowed || !isTable) return { allowed, cells: [], known: [], statistics: false };
  return {
    allowed,
    cells: action === "read" ? sampleRows.map((row) => cellsOf(decision.access, row)) : [],
    known: fieldIds.filter((fieldId) => showsColumn(decision.access, fieldId)),
    statistics: decision.statistics,
  };
}

function cellsOf({ parts }: TableAccess, row: SampleRow): readonly Cell[] | undefined {
  const valueOf = (fieldId: number) => [row.country, row.amount][fieldId - 1] ?? null;
  const showing = parts.filter(({ rows }) => rows.every((predicate) => evaluate(predicate, valueOf) === true));
  if (showing.length === 0) return undefined;
  return fieldIds.map((fieldId) => {
    const seen = showing.filter(({ columns }) => hasColumn(columns, fieldId));
    const masks = seen.map((part) => part.masks.get(fieldId)?.action);
    return masks.includes(undefined) ? "plain" : [...new Set(masks.map(String))].toSorted();
  });
}
