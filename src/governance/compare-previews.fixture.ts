/**
 * For tests: a random walk over tags, expressions, grants, memberships, shares and moves of accounts and units. After each
 * step decide.ts answers as the naive rules do, and the preview of each step that has one is what then happens.
 */
import { openRandom, type Random } from "../../test/soak/random.ts";
import { must } from "../base/must.ts";
import { accessDifferences, mayDiffer, type AccessDifference, type ColumnDifferences } from "./access-difference.ts";
import { canAct } from "./acts-in.ts";
import { askingsAs } from "./effective-access.ts";
import { comparedAnswers, policyOfRows } from "./compare-with-naive.fixture.ts";
import { naiveDecide, type NaiveAnswer } from "./naive-decide.fixture.ts";
import type { Policy } from "./policy.ts";
import { withRows, type PolicyRows } from "./policy-rows.ts";
import {
  databases,
  fieldIds,
  inUnit,
  membership,
  moments,
  randomAlternatives,
  randomAssignment,
  randomFacts,
  randomGrant,
  randomShare,
  randomUnits,
  randomRows,
  tables,
} from "./random-policy.fixture.ts";

const stepsEach = 6;

/** Undefined if every step of a walk was as it should be. */
export function firstWrongPreview(seed: number): string | undefined {
  const random = openRandom(seed);
  const now = random.below(moments);
  let rows = randomRows(random);
  let policy = policyOfRows(rows, random);
  for (let number = 1; number <= stepsEach; number++) {
    const step = randomStep(random, rows, number);
    const after = withRows(policy, changedRows(rows, step.rows, BigInt(number + 2)));
    const change = { before: { rows, policy }, after: { rows: step.rows, policy: after }, now };
    const wrong =
      comparedAnswers({ random, rows: step.rows, policy: after }) ?? (step.isPreviewed ? compared(change) : undefined);
    if (wrong !== undefined) return JSON.stringify({ seed, number, kind: step.kind, wrong });
    rows = step.rows;
    policy = after;
  }
  return undefined;
}

/** Only these are read anew from the database. */
function changedRows(before: PolicyRows, after: PolicyRows, epoch: bigint): PolicyRows {
  const changed = <Row>(was: readonly Row[], is: readonly Row[]): readonly Row[] =>
    is.filter((row) => !was.includes(row));
  return {
    epoch,
    accounts: changed(before.accounts, after.accounts),
    units: changed(before.units, after.units),
    principals: changed(before.principals, after.principals),
    memberships: changed(before.memberships, after.memberships),
    filters: changed(before.filters, after.filters),
    grants: changed(before.grants, after.grants),
    shares: changed(before.shares, after.shares),
    sensitivity: changed(before.sensitivity, after.sensitivity),
    stewards: changed(before.stewards, after.stewards),
    tagKeys: changed(before.tagKeys, after.tagKeys),
    tagValues: changed(before.tagValues, after.tagValues),
    tagAssignments: changed(before.tagAssignments, after.tagAssignments),
    tagExpressions: changed(before.tagExpressions, after.tagExpressions),
  };
}

interface Step {
  readonly kind: string;
  readonly rows: PolicyRows;
  /** A change of members has no preview. */
  readonly isPreviewed: boolean;
}

function randomStep(random: Random, rows: PolicyRows, number: number): Step {
  const previewed = (kind: string, changed: Partial<PolicyRows>): Step => ({
    kind,
    rows: { ...rows, ...changed },
    isPreviewed: true,
  });
  const kind = random.pick([
    "assign",
    "assign",
    "take",
    "expression",
    "grant",
    "revoke",
    "member",
    "move",
    "share",
    "mark",
    "mark",
  ] as const);
  switch (kind) {
    case "assign":
      return previewed(kind, {
        tagAssignments: [...rows.tagAssignments, { ...randomAssignment(random, 100 + number), ended_at: null }],
      });
    case "take":
      return previewed(kind, { tagAssignments: endOne(random, rows.tagAssignments) });
    case "expression": {
      const changed = random.pick(rows.tagExpressions).id;
      const alternatives = randomAlternatives(random);
      return previewed(kind, {
        tagExpressions: rows.tagExpressions.map((one) => (one.id === changed ? { ...one, alternatives } : one)),
      });
    }
    case "grant":
      return previewed(kind, {
        grants: [...rows.grants, randomGrant(random, 100 + number, { ...rows, earlier: rows.grants })],
      });
    case "revoke":
      return previewed(kind, { grants: endOne(random, rows.grants) });
    case "member":
      return {
        kind,
        isPreviewed: false,
        rows: { ...rows, memberships: [...rows.memberships, membership(random, 100 + number)] },
      };
    case "share":
      return previewed(kind, { shares: rows.shares.map(({ id }) => randomShare(random, id)) });
    case "mark": {
      const marked = randomFacts(random).filter(({ value }) => value !== null || random.chance(0.5));
      const isSame = (one: PolicyRows["sensitivity"][number]): boolean =>
        marked.some((other) => factKey(other) === factKey(one));
      return previewed(kind, { sensitivity: [...rows.sensitivity.filter((one) => !isSame(one)), ...marked] });
    }
    case "move":
      return previewed(
        kind,
        random.chance(0.5)
          ? { accounts: rows.accounts.map((one) => inUnit(random, one)) }
          : { units: randomUnits(random) },
      );
  }
}

function factKey({ thing_id: id, field_id: fieldId, kind }: PolicyRows["sensitivity"][number]): string {
  return `${kind} ${id} ${fieldId}`;
}

function endOne<Row extends { readonly id: string }>(random: Random, rows: readonly Row[]): readonly Row[] {
  if (rows.length === 0) return rows;
  const { id } = random.pick(rows);
  return rows.map((row) => (row.id === id ? { ...row, ended_at: new Date(0) } : row));
}

interface Standing {
  readonly rows: PolicyRows;
  readonly policy: Policy;
}

interface Change {
  readonly before: Standing;
  readonly after: Standing;
  readonly now: number;
}

/** The preview against the answers of the naive rules before and after, for everybody and every table. */
function compared({ before, after, now }: Change): unknown {
  const step = { before: before.policy, after: after.policy, now };
  const things = [
    ...tables.map((resource) => ({ resource, fieldIds })),
    ...databases.map(({ id, accountId }) => ({ resource: { kind: "database", id, accountId } as const, fieldIds: [] })),
  ].filter(({ resource }) => mayDiffer(step, resource));
  const told = accessDifferences(step, things);
  for (const principal of after.policy.principals.values()) {
    if (!canAct(principal)) continue;
    for (const { accountId } of askingsAs(after.policy, principal, now))
      for (const resource of [...tables, ...databases.map((one) => ({ kind: "database", ...one }) as const)]) {
        const one = told.find(
          (said) =>
            said.principal.id === principal.id &&
            said.resource.id === resource.id &&
            (said.accountId === undefined || said.accountId === accountId),
        );
        const answers = [before, after].map(({ rows }) =>
          (["watch", "read", "operate", "administer"] as const).map((action) =>
            naiveDecide({ rows, who: principal.id, acting: accountId, action, resource, now }),
          ),
        );
        const [was, is] = [must(answers[0], "answers before"), must(answers[1], "answers after")];
        const wrong = wrongAbout(one, was, is);
        if (wrong !== undefined) return { wrong, who: principal.id, accountId, resource: resource.id, one, was, is };
      }
  }
  return undefined;
}

type Answers = readonly NaiveAnswer[];

const permissionOf = ["DESCRIBE", "SELECT", "OPERATE", "ADMINISTER"] as const;

function wrongAbout(told: AccessDifference | undefined, was: Answers, is: Answers): string | undefined {
  for (const [index, permission] of permissionOf.entries()) {
    const change = [was[index]?.allowed === true, is[index]?.allowed === true];
    if (told?.gained.includes(permission) !== true && change.join() === "false,true") return `${permission} is gained`;
    if (told?.lost.includes(permission) !== true && change.join() === "true,false") return `${permission} is lost`;
    if (told?.gained.includes(permission) === true && change.join() !== "false,true")
      return `no ${permission} is gained`;
    if (told?.lost.includes(permission) === true && change.join() !== "true,false") return `no ${permission} is lost`;
  }
  for (const fieldId of fieldIds) {
    const reads = [was, is].map((answers) => answers[1]?.known.includes(fieldId) === true);
    const knows = [was, is].map((answers) => answers[0]?.known.includes(fieldId) === true);
    const expected: Partial<Record<keyof ColumnDifferences, boolean>> = {
      opened: reads.join() === "false,true",
      closed: reads.join() === "true,false",
      shown: knows.join() === "false,true" && reads[1] === false,
      hidden: knows.join() === "true,false" && reads[0] === false,
    };
    for (const [word, wanted] of Object.entries(expected))
      if ((told?.columns[word as keyof ColumnDifferences].includes(fieldId) ?? false) !== wanted)
        return `column ${fieldId} ${word}`;
    if (reads.join() !== "true,true") continue;
    const isSame = cellsOf(was, fieldId) === cellsOf(is, fieldId);
    const isTold =
      told?.columns.widened.includes(fieldId) === true || told?.columns.narrowed.includes(fieldId) === true;
    if (!isSame && !isTold) return `column ${fieldId} shows other values`;
  }
  return undefined;
}

/** A column that shows nothing of a row is the same whether or not other columns show the row. */
function cellsOf(answers: Answers, fieldId: number): string {
  const cells = (answers[1]?.cells ?? []).map((row) => row?.[fieldId - 1] ?? []);
  return JSON.stringify(cells);
}
