/**
 * Which databases, tables and columns a tag expression means, and which a key or a value means by itself: those whose
 * effective tags match. It is found once for each thing, for as long as no tag changes.
 * Invariants: an expression means nothing outside its account; one without terms means nothing at all.
 */
import { databaseTags, tableTags, type TableTags, type TagSet } from "./effective-tags.ts";
import type { Grant, GrantedOn, Policy } from "./policy.ts";
import type { Securable, SecurableTable } from "./securable.ts";
import type { ColumnSet } from "./table-access.ts";
import type { Alternatives, TagAssignment, TagExpression, TagPolicy, TagTerm } from "./tag-policy.ts";

export interface Coverage {
  /**
   * By the id of an expression: for a table its columns; everything of it if they are all of them, future ones too. For a
   * database always that.
   */
  readonly columns: ReadonlyMap<string, ColumnSet>;
  /** The keys (`resourceKey`) of these expressions. */
  readonly keys: readonly string[];
}

export type Tagged = SecurableTable | { readonly kind: "database"; readonly id: string; readonly accountId: string };

interface Known {
  readonly byTerm: ReadonlyMap<string, readonly TagExpression[]>;
  readonly ofDatabases: Map<string, Coverage>;
  /** Tables without tags of their own, by the id of their database. */
  readonly ofPlainTables: Map<string, Coverage>;
  /** By database and own tags. */
  readonly ofAlike: Map<string, Coverage>;
  readonly ofTables: Map<string, { readonly databaseId: string; readonly coverage: Coverage }>;
}

const known = new WeakMap<TagPolicy, Known>();
const nothing: Coverage = { columns: new Map(), keys: [] };
const all: ColumnSet = { mode: "all" };

/** An expression that means nothing of the thing is not in the answer. */
export function coverageOf(tags: TagPolicy, resource: Tagged): Coverage {
  if (tags.expressions.size === 0 || tags.assigned.size === 0) return nothing;
  const { ofDatabases, ofPlainTables, ofTables, ofAlike } = knownOf(tags);
  if (resource.kind === "database") return kept(ofDatabases, resource.id, () => findCoverage(tags, resource));
  const { id, databaseId } = resource;
  if (!tags.assigned.has(id)) return kept(ofPlainTables, databaseId, () => findCoverage(tags, resource));
  const own = ofTables.get(id);
  if (own?.databaseId === databaseId) return own.coverage;
  const alike = `${databaseId} ${signatureOf(tags.assigned.get(id) ?? [])}`;
  const coverage = kept(ofAlike, alike, () => findCoverage(tags, resource));
  ofTables.set(id, { databaseId, coverage });
  return coverage;
}

/** Tables with the same own tags, also of the same columns, are covered alike. */
function signatureOf(assignments: readonly TagAssignment[]): string {
  const texts = assignments.map(({ fieldId = "", valueId }) => `${fieldId}:${valueId}`);
  return texts.toSorted().join();
}

function kept(coverages: Map<string, Coverage>, id: string, find: () => Coverage): Coverage {
  const found = coverages.get(id) ?? find();
  coverages.set(id, found);
  return found;
}

function knownOf(tags: TagPolicy): Known {
  const found = known.get(tags);
  if (found !== undefined) return found;
  const made: Known = {
    byTerm: byFirstValues(tags),
    ofDatabases: new Map(),
    ofPlainTables: new Map(),
    ofTables: new Map(),
    ofAlike: new Map(),
  };
  known.set(tags, made);
  return made;
}

/** Whatever an expression means has one of the values of the first term of one of its alternatives. */
function byFirstValues({ expressions }: TagPolicy): ReadonlyMap<string, readonly TagExpression[]> {
  const found = new Map<string, Set<TagExpression>>();
  for (const expression of expressions.values())
    for (const valueId of expression.alternatives.flatMap(([first]) => first?.valueIds ?? []))
      found.set(valueId, (found.get(valueId) ?? new Set()).add(expression));
  return new Map([...found].map(([valueId, of]) => [valueId, [...of]]));
}

function findCoverage(tags: TagPolicy, resource: Tagged): Coverage {
  const levels = levelsOf(tags, resource);
  const { byTerm } = knownOf(tags);
  const found = new Map<string, ColumnSet>();
  for (const valueId of valuesIn(levels))
    for (const expression of byTerm.get(valueId) ?? []) {
      if (expression.accountId !== resource.accountId || found.has(expression.id)) continue;
      const columns = matching(levels, (set) => holds(expression.alternatives, set));
      if (columns !== undefined) found.set(expression.id, columns);
    }
  return found.size === 0 ? nothing : { columns: found, keys: [...found.keys()].map((id) => `expression ${id}`) };
}

type Levels = Pick<TableTags, "table" | "columns">;

function levelsOf(tags: TagPolicy, resource: Tagged): Levels {
  return resource.kind === "table"
    ? tableTags(tags, resource)
    : { table: databaseTags(tags, resource.id), columns: new Map() };
}

function valuesIn({ table, columns }: Levels): ReadonlySet<string> {
  return new Set([table, ...columns.values()].flatMap((set) => [...set.values()].flatMap((values) => [...values])));
}

function holds(alternatives: Alternatives, set: TagSet): boolean {
  return alternatives.some((terms) => terms.length > 0 && terms.every((term) => hasTerm(set, term)));
}

function hasTerm(set: TagSet, { keyId, valueIds }: TagTerm): boolean {
  const values = set.get(keyId);
  return values !== undefined && valueIds.some((valueId) => values.has(valueId));
}

/** Undefined if neither the table nor one of its columns matches. */
function matching({ table, columns }: Levels, matches: (set: TagSet) => boolean): ColumnSet | undefined {
  const isMatch = matches(table);
  const others = [...columns].filter(([, set]) => matches(set) !== isMatch).map(([fieldId]) => fieldId);
  if (others.length === 0) return isMatch ? all : undefined;
  return { mode: isMatch ? "exclude" : "include", fieldIds: new Set(others) };
}

/** Whether what a grant is on depends on tags. */
export function isByTag({ kind }: GrantedOn): boolean {
  return kind === "expression" || kind === "tag" || kind === "tag-value";
}

/**
 * The columns of a table, or the database, that a grant reaches by tags; undefined if it reaches nothing of it. A grant
 * on a key or a value reaches by tags only as the one that others were passed on from.
 */
export function taggedPart(policy: Policy, { on }: Pick<Grant, "on">, resource: Tagged): ColumnSet | undefined {
  if (on.kind === "expression") return coverageOf(policy.tags, resource).columns.get(on.id);
  if (!isByTag(on)) return all;
  return matching(levelsOf(policy.tags, resource), (set) => reachesSet(policy, on, set));
}

/** Whether something with these effective tags is reached, in the account of the tags. */
export function reachesSet({ tags }: Pick<Policy, "tags">, on: GrantedOn, set: TagSet): boolean {
  switch (on.kind) {
    case "expression":
      return holds(tags.expressions.get(on.id)?.alternatives ?? [], set);
    case "tag":
      return set.has(on.id);
    case "tag-value":
      return set.get(tags.values.get(on.id)?.keyId ?? "")?.has(on.id) === true;
    default:
      return true;
  }
}

export function isTagged(resource: Securable): resource is Tagged {
  return resource.kind === "table" || resource.kind === "database";
}
