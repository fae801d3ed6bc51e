/**
 * Processes: which steps a share request has to pass, from how sensitive the things are, how far they go, their tags and
 * their product. Pure.
 * Invariants: the process of the lake decides first, and one of the account only adds steps to it, so that nobody
 * loosens what the lake demands. Where the process of the lake has no rule that fits, the usual one decides.
 */
import type { Approver, Deciding } from "../governance/approvers.ts";
import type { SensitivityClass } from "../stewardship/sensitivity.ts";

/** How far the consumer is from the producer, from near to far. */
export const relations = ["same_account", "same_organisation", "outside"] as const;

export type Relation = (typeof relations)[number];

export interface Process {
  readonly rules: readonly ProcessRule[];
}

export interface ProcessRule {
  readonly when: {
    readonly sensitivity?: readonly SensitivityClass[] | undefined;
    readonly relation?: readonly Relation[] | undefined;
    /** `key=value`: one of the things has at least one of them. */
    readonly tags?: readonly string[] | undefined;
    /** Ids of products. */
    readonly products?: readonly string[] | undefined;
  };
  /** Why nobody may have this; set instead of steps. */
  readonly refuse?: string | undefined;
  readonly steps: readonly ProcessStep[];
  /** After so many hours, an undecided request expires. */
  readonly expiresAfterHours: number;
}

export interface ProcessStep extends Deciding {
  readonly name: string;
  /** Steps of one order are open at the same time. */
  readonly order: number;
  /** After so many hours, approvers are reminded and those to whom the step is escalated may decide, too. */
  readonly withinHours: number;
}

/** The facts about a request when it is judged. */
export interface RequestFacts {
  readonly class: SensitivityClass;
  readonly relation: Relation;
  /** `key=value` of everything that is asked for. */
  readonly tags: ReadonlySet<string>;
  readonly productId: string | undefined;
}

export interface Plan {
  readonly steps: readonly ProcessStep[];
  readonly refuse: string | undefined;
  readonly expiresAfterHours: number;
  /** In words: which rule of which process led to this. */
  readonly because: readonly string[];
}

const owner: Approver = { kind: "owner" };

export const usualHours = { within: 72, expires: 30 * 24 } as const;

export const ownerStep: ProcessStep = {
  name: "owner",
  order: 1,
  approvers: [owner],
  quorum: 1,
  withinHours: usualHours.within,
  deputies: [{ kind: "steward" }],
  escalateTo: [{ kind: "central" }],
};

/** Without another one: what is not sensitive at once, everything else and everything outside after the owner agrees. */
export const usualProcess: Process = {
  rules: [
    { when: { relation: ["outside"] }, steps: [ownerStep], expiresAfterHours: usualHours.expires },
    { when: { sensitivity: ["none"] }, steps: [], expiresAfterHours: usualHours.expires },
    { when: {}, steps: [ownerStep], expiresAfterHours: usualHours.expires },
  ],
};

export interface Processes {
  /** Undefined for the usual one. */
  readonly ofLake: Process | undefined;
  readonly ofAccount: Process | undefined;
}

export function planFor({ ofLake, ofAccount }: Processes, facts: RequestFacts): Plan {
  const first = fitting(ofLake ?? usualProcess, facts) ?? fitting(usualProcess, facts);
  if (first === undefined) throw new TypeError("the usual process has a rule for everything");
  const isOwn = ofLake?.rules.includes(first.rule) === true;
  const second = ofAccount === undefined ? undefined : fitting(ofAccount, facts);
  const rules = [first.rule, ...(second === undefined ? [] : [second.rule])];
  const last = Math.max(0, ...first.rule.steps.map(({ order }) => order));
  const added = (second?.rule.steps ?? []).map((step) => ({ ...step, order: last + step.order }));
  return {
    steps: [...first.rule.steps, ...added],
    refuse: rules.find(({ refuse }) => refuse !== undefined)?.refuse,
    expiresAfterHours: Math.min(...rules.map(({ expiresAfterHours }) => expiresAfterHours)),
    because: [
      `rule ${first.number} of the ${isOwn ? "process of the lake" : "usual process"}: ${wordsOf(first.rule)}`,
      ...(second === undefined ? [] : [`rule ${second.number} of the account's process: ${wordsOf(second.rule)}`]),
    ],
  };
}

interface Fitting {
  readonly rule: ProcessRule;
  /** From 1, as people count. */
  readonly number: number;
}

function fitting({ rules }: Process, facts: RequestFacts): Fitting | undefined {
  const index = rules.findIndex(({ when }) => fits(when, facts));
  const rule = rules[index];
  return rule && { rule, number: index + 1 };
}

function fits({ sensitivity, relation, tags, products }: ProcessRule["when"], facts: RequestFacts): boolean {
  return (
    (sensitivity === undefined || sensitivity.includes(facts.class)) &&
    (relation === undefined || relation.includes(facts.relation)) &&
    (tags === undefined || tags.some((tag) => facts.tags.has(tag))) &&
    (products === undefined || (facts.productId !== undefined && products.includes(facts.productId)))
  );
}

function wordsOf({ when, refuse, steps }: ProcessRule): string {
  const conditions = [
    ...(when.sensitivity === undefined ? [] : [`sensitivity ${when.sensitivity.join(" or ")}`]),
    ...(when.relation === undefined ? [] : [when.relation.join(" or ").replaceAll("_", " ")]),
    ...(when.tags === undefined ? [] : [`tagged ${when.tags.join(" or ")}`]),
    ...(when.products === undefined ? [] : ["these products"]),
  ];
  const then =
    refuse !== undefined ? "refused" : steps.length === 0 ? "at once" : steps.map(({ name }) => name).join(", ");
  return `${conditions.length === 0 ? "everything else" : conditions.join(", ")}: ${then}`;
}
