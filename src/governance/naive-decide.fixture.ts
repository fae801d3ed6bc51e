/**
 * For tests: the rules of access, written straight from their description over rows of the database, without looking at
 * how decide.ts works. It goes through everything each time and is slow.
 */
import type { Condition } from "./random-policy.fixture.ts";
import { conditions, fieldIds } from "./random-policy.fixture.ts";
import type { PolicyRows } from "./policy-rows.ts";
import type { Permission } from "./permission.ts";
import type { Action } from "./decide.ts";
import { organisationId } from "./policy.ts";
import type { Securable, SecurableTable } from "./securable.ts";

type GrantRow = PolicyRows["grants"][number];
type FilterRow = PolicyRows["filters"][number];

/** A row of a table: a country and an amount; the third column is never looked at. */
export interface SampleRow {
  readonly country: string | null;
  readonly amount: number | null;
}

export const sampleRows: readonly SampleRow[] = [
  { country: "DE", amount: 5 },
  { country: "FR", amount: 15 },
  { country: "g0", amount: null },
  { country: null, amount: 10 },
];

type Asked = Omit<NaiveQuestion, "action" | "resource">;

export interface NaiveQuestion {
  readonly rows: PolicyRows;
  readonly who: string;
  /** The account that they say they act in. */
  readonly acting: string | undefined;
  readonly action: Action;
  readonly resource: Securable;
  readonly now: number;
}

export interface NaiveAnswer {
  readonly allowed: boolean;
  /** For a table: for each sample row, what is seen of each column; undefined for a hidden row. */
  readonly cells: readonly (readonly Cell[] | undefined)[];
  /** The columns that are known to exist. */
  readonly known: readonly number[];
  readonly statistics: boolean;
}

/** Whether a value is seen as it is, or else the masks of which one is seen; empty if it is hidden. */
export type Cell = "plain" | readonly string[];

export function naiveDecide(question: NaiveQuestion): NaiveAnswer {
  const allowed = isAllowed(question);
  const { resource, action } = question;
  if (!allowed || resource.kind !== "table") return { allowed, cells: [], known: [], statistics: false };
  const reading = ownGrants(question).filter(
    (grant) =>
      isOn(question.rows, grant, resource) &&
      permissionReaches(question.rows, grant, { resource, permission: "SELECT" }),
  );
  const cells = sampleRows.map((row) => cellsOf(question, reading, row));
  return {
    allowed,
    cells: action === "read" ? cells : [],
    known: knownColumns(question, resource, reading),
    statistics: knowsFigures(question, resource, reading),
  };
}

function isAllowed(question: NaiveQuestion): boolean {
  const { rows, who, action, resource } = question;
  const self = rows.principals.find(({ id }) => id === who);
  if (self === undefined || self.deleted_at !== null || !self.active || resource.kind === "machine") return false;
  const permission = naivePermissions[action];
  const grants = ownGrants(question).filter((grant) => gives(grant, permission));
  if (resource.kind === "visible") return action === "watch" || action === "browse" || grants.length > 0;
  if (resource.kind === "lake") {
    const there = rows.accounts.filter((account) => isThereNow(account) && !account.is_canary);
    const isOnLake = (grant: GrantRow): boolean =>
      grant.resource_kind === "lake" ||
      (there.length === 1 && isOn(rows, grant, { kind: "account", id: there[0]?.id ?? "" }));
    return grants.some(isOnLake);
  }
  if (["browse", "watch", "annotate"].includes(action) && answers(question)) return true;
  const isKnowing = permission === "DESCRIBE" || permission === "BROWSE";
  const covering = (isKnowing ? knownBy(question) : ownGrants(question)).filter(
    (grant) => isOn(rows, grant, resource) && permissionReaches(rows, grant, { resource, permission }),
  );
  if (action !== "read" || resource.kind !== "table") return covering.length > 0;
  return covering.some((grant) => isUsable(rows, grant, resource));
}

const naivePermissions = {
  browse: "BROWSE",
  watch: "DESCRIBE",
  read: "SELECT",
  operate: "OPERATE",
  create: "CREATE_TABLE",
  annotate: "ALTER",
  alter: "ALTER",
  drop: "DROP",
  administer: "ADMINISTER",
} as const;

/** Whether all its filters are there, and compare no column that tags leave out. */
function isUsable(rows: PolicyRows, grant: GrantRow, table: SecurableTable): boolean {
  return chainOf(rows, grant).every((one) => {
    const filter = filterOf(rows, one);
    if (filter === undefined) return true;
    if (filter === "gone") return false;
    if (filter.row_predicate === null) return true;
    const compared = conditionOf(filter) === "amount 10" ? 2 : 1;
    return isColumnTagged(rows, grant, { table, fieldId: compared });
  });
}

interface Reaching {
  readonly resource: Securable;
  readonly permission: Permission;
}

/**
 * On a database, all that a grant on its tables gives is that the database is known. Where tags leave only some columns
 * of a table, they can be known and read, and nothing else can be done.
 */
function permissionReaches(rows: PolicyRows, grant: GrantRow, { resource, permission }: Reaching): boolean {
  if (!gives(grant, permission)) return false;
  if (resource.kind === "database" && grant.resource_kind === "tables")
    return permission === "DESCRIBE" || permission === "BROWSE";
  if (resource.kind === "database" && grant.resource_kind === "expression" && ofTables.has(permission)) return false;
  if (resource.kind === "database")
    return chainOf(rows, grant).every((one) => matches(rows, one, { resource, fieldId: undefined }));
  if (resource.kind !== "table") return true;
  if (isWholeTagged(rows, grant, resource)) return true;
  const isSome = [undefined, ...fieldIds].some((fieldId) => isColumnTagged(rows, grant, { table: resource, fieldId }));
  return isSome && (permission === "SELECT" || permission === "DESCRIBE" || permission === "BROWSE");
}

const ofTables: ReadonlySet<string> = new Set(["SELECT", "INSERT", "DELETE"]);

interface TaggedColumn {
  readonly table: SecurableTable;
  /** Undefined for columns that do not exist yet. */
  readonly fieldId: number | undefined;
}

function isWholeTagged(rows: PolicyRows, grant: GrantRow, table: SecurableTable): boolean {
  return [undefined, ...fieldIds].every((fieldId) => isColumnTagged(rows, grant, { table, fieldId }));
}

/** Whether the grant, and each that it descends from, is on tags that the column has, or on no tags at all. */
function isColumnTagged(rows: PolicyRows, grant: GrantRow, { table, fieldId }: TaggedColumn): boolean {
  return chainOf(rows, grant).every(
    (one) => matches(rows, one, { resource: table, fieldId }) && isJudged(rows, one, { table, fieldId }),
  );
}

interface JudgedText {
  readonly tables: readonly {
    readonly id: string;
    readonly base: string | null;
    readonly fieldIds: readonly number[];
    readonly leftOut: readonly number[];
  }[];
  readonly known: readonly string[];
}

/**
 * A share that nobody decided on gives nothing of a table in which everything that was judged has a mark that was not
 * known, nothing that has one, and nothing that somebody left out. Its grants say which columns are in it.
 */
function isJudged(rows: PolicyRows, { share_id: id }: GrantRow, { table, fieldId }: TaggedColumn): boolean {
  const judged = rows.shares.find((one) => one.id === id && one.ended_at === null)?.judged as JudgedText | undefined;
  if (judged === undefined || judged === null) return true;
  const own = judged.tables.find((one) => one.id === table.id);
  if (own === undefined) return false;
  const isMarked = (column: number): boolean => newMarks(rows, judged, { table, fieldId: column, base: own.base });
  if (own.fieldIds.every(isMarked)) return false;
  if (fieldId === undefined) return true;
  return !own.leftOut.includes(fieldId) && !(own.fieldIds.includes(fieldId) && isMarked(fieldId));
}

interface MarkedColumn extends TaggedColumn {
  readonly fieldId: number;
  readonly base: string | null;
}

function newMarks(rows: PolicyRows, { known }: JudgedText, { table, fieldId, base }: MarkedColumn): boolean {
  const says = (thing: string | null, field: number | null, kind: string): string | null =>
    rows.sensitivity.find((one) => one.thing_id === thing && one.field_id === field && one.kind === kind)?.value ??
    null;
  const isYes = (text: string | null): boolean => text !== null && text !== "false";
  const isSecret = (one: TaggedThing): boolean =>
    rows.tagKeys.some(({ id }) =>
      valuesOf(rows, one, id).some((value) =>
        rows.tagValues.some((row) => row.id === value && row.is_sensitive && row.ended_at === null),
      ),
    );
  const { id, databaseId, accountId } = table;
  const isBaseMarked = [null, ...fieldIds].some((field) => isYes(says(base, field, "flag")));
  const isTableSecret = isSecret({ resource: table, fieldId: undefined });
  const own = says(id, fieldId, "flag");
  const marks = [
    isYes(says(databaseId, null, "flag")) && `pii ${databaseId}`,
    isSecret({ resource: { kind: "database", id: databaseId, accountId }, fieldId: undefined }) &&
      `secret ${databaseId}`,
    (isYes(says(id, null, "flag")) || isBaseMarked) && `pii ${id}`,
    isTableSecret && `secret ${id}`,
    isYes(own) && `pii ${id} ${fieldId}`,
    own === null && [id, base].some((one) => isYes(says(one, null, "demand"))) && `unclassified ${id} ${fieldId}`,
    !isTableSecret && isSecret({ resource: table, fieldId }) && `secret ${id} ${fieldId}`,
  ];
  return marks.some((mark) => mark !== false && !known.includes(mark));
}

interface TaggedThing {
  readonly resource: SecurableTable | (Securable & { readonly kind: "database" });
  readonly fieldId: number | undefined;
}

function matches(rows: PolicyRows, { resource_kind: kind, resource_id: id }: GrantRow, thing: TaggedThing): boolean {
  if (kind === "tag") return valuesOf(rows, thing, id ?? "").length > 0;
  if (kind === "tag-value") {
    const value = rows.tagValues.find((one) => one.id === id && one.ended_at === null);
    return value !== undefined && valuesOf(rows, thing, value.key_id).includes(value.id);
  }
  if (kind !== "expression") return true;
  const expression = rows.tagExpressions.find((one) => one.id === id && one.ended_at === null);
  if (expression === undefined || expression.account_id !== thing.resource.accountId) return false;
  const alternatives = expression.alternatives as readonly (readonly {
    keyId: string;
    valueIds: readonly string[];
  }[])[];
  return alternatives.some((terms) =>
    terms.every(({ keyId, valueIds }) => valuesOf(rows, thing, keyId).some((valueId) => valueIds.includes(valueId))),
  );
}

/** The values of this key at the nearest level that has the key: the column, then its table, then the database. */
function valuesOf(
  { tagAssignments }: PolicyRows,
  { resource, fieldId }: TaggedThing,
  keyId: string,
): readonly string[] {
  const there = tagAssignments.filter((one) => one.ended_at === null && one.key_id === keyId);
  const databaseId = resource.kind === "table" ? resource.databaseId : resource.id;
  const ofColumn = there.filter((one) => one.resource_id === resource.id && one.field_id === (fieldId ?? "none"));
  const ofTable = there.filter((one) => one.resource_id === resource.id && one.field_id === null);
  const ofDatabase = there.filter((one) => one.resource_id === databaseId && one.field_id === null);
  const nearest = [ofColumn, ofTable, ofDatabase].find((level) => level.length > 0) ?? [];
  return nearest.map((one) => one.value_id);
}

/** Whether they, or a group that they are in, are an owner or a steward of a table or a database. */
function answers(question: NaiveQuestion): boolean {
  const { rows, resource } = question;
  if (resource.kind !== "table" && resource.kind !== "database") return false;
  const isThere = (id: string): boolean => rows.principals.some((one) => one.id === id && one.deleted_at === null);
  const open = rows.stewards.filter((one) => one.ended_at === null && isThere(one.principal_id));
  const standing = standingOf(question);
  return ["owner", "steward"].some((role) => {
    const own = open.filter((one) => one.role === role && one.thing_id === resource.id);
    const above =
      resource.kind === "table" ? open.filter((one) => one.role === role && one.thing_id === resource.databaseId) : [];
    return (own.length > 0 ? own : above).some((one) => standing.has(one.principal_id));
  });
}

/** Nobody owns what is shared with an account or a unit. */
function ownGrants(question: NaiveQuestion): readonly GrantRow[] {
  return live(question).filter((grant) => !isForAccount(question.rows, grant));
}

/** With what is shared with the account, for whoever administers it. */
function knownBy(question: NaiveQuestion): readonly GrantRow[] {
  return [...ownGrants(question), ...inTrust(question)];
}

function inTrust(question: NaiveQuestion): readonly GrantRow[] {
  const { rows } = question;
  const account = actingIn(question);
  if (account === undefined) return [];
  const administers = ownGrants(question).some(
    (grant) => isOn(rows, grant, { kind: "account", id: account }) && gives(grant, "ADMINISTER"),
  );
  if (!administers) return [];
  return live(question).filter((grant) => isForAccount(rows, grant) && mayPassOnIn(rows, grant.principal_id, account));
}

function isForAccount(rows: PolicyRows, { share_id: share, parent_id: parent, principal_id: id }: GrantRow): boolean {
  const kind = rows.principals.find((one) => one.id === id && one.deleted_at === null)?.kind;
  return share !== null && parent === null && (kind === "account" || kind === "unit");
}

/** Neither removed nor being removed. */
function isThereNow({ deleted_at: end, removing_since: removing }: PolicyRows["accounts"][number]): boolean {
  return end === null && removing === null;
}

/** An account that is not of the organisation, or is no consumer, has only what is shared with itself. */
function mayPassOnIn(rows: PolicyRows, holder: string, accountId: string | null): boolean {
  const account = rows.accounts.find((one) => one.id === accountId && isThereNow(one));
  if (account === undefined) return false;
  if (holder === account.id) return true;
  let unit = account.is_outside || !account.is_consumer ? null : account.unit_id;
  while (unit !== null && unit !== holder) unit = rows.units.find(({ id }) => id === unit)?.parent_id ?? null;
  return unit === holder;
}

function isShareOpen({ shares }: PolicyRows, { share_id: id }: GrantRow, now: number): boolean {
  if (id === null) return true;
  const share = shares.find((one) => one.id === id);
  return share?.state === "active" && (share.valid_until === null || now < share.valid_until.getTime());
}

/** An account passes on within itself, unless the share may be shared further. */
function isElsewhere(rows: PolicyRows, grant: GrantRow, account: string | undefined): boolean {
  const chain = chainOf(rows, grant);
  const share = rows.shares.find(({ id, ended_at: end }) => id === chain.at(-1)?.share_id && end === null);
  return share?.may_reshare !== true && chain.some((one) => one.account_id !== null && one.account_id !== account);
}

/** The grants of somebody, and of the groups that they are in, that are valid now with all that they descend from. */
function live(question: NaiveQuestion): readonly GrantRow[] {
  const { rows, now } = question;
  const standing = standingOf(question);
  const account = actingIn(question);
  return rows.grants.filter(
    (grant) =>
      standing.has(grant.principal_id) &&
      (grant.origin === null || grant.resource_id === account) &&
      !isElsewhere(rows, grant, account) &&
      chainOf(rows, grant).every((one) => {
        const holder = rows.principals.find(({ id }) => id === one.principal_id);
        const isThere = holder !== undefined && holder.active && holder.deleted_at === null;
        const isOpen = one.ended_at === null && isValid(one, now) && isShareOpen(rows, one, now);
        return isOpen && isThere && isStillPassedOn(rows, one, now);
      }) &&
      chainOf(rows, grant).at(-1)?.parent_id === null,
  );
}

/** Whoever passed a grant on must be active and have the grant that it descends from, or be in a group that has it. */
function isStillPassedOn(rows: PolicyRows, grant: GrantRow, now: number): boolean {
  const { parent_id: parentId, granted_by: by, account_id: account } = grant;
  const parent = rows.grants.find(({ id }) => id === parentId);
  if (parent === undefined) return true;
  if (isForAccount(rows, parent)) return mayPassOnIn(rows, parent.principal_id, account);
  const grantor = rows.principals.find(({ id }) => id === by);
  if (grantor === undefined || !grantor.active || grantor.deleted_at !== null) return false;
  const everywhere = [undefined, ...rows.accounts.map(({ id }) => id)];
  return everywhere.some((acting) => {
    const standing = standingOf({ rows, who: grantor.id, acting, now });
    return standing.has(parent.principal_id);
  });
}

/** The grant, the one that it descends from, and so on. */
function chainOf(rows: PolicyRows, grant: GrantRow): readonly GrantRow[] {
  const parent = rows.grants.find(({ id }) => id === grant.parent_id);
  return parent === undefined ? [grant] : [grant, ...chainOf(rows, parent)];
}

/** The account in which somebody really acts: keys, roles and groups in their own, users in one of theirs. */
function actingIn({ rows, who, acting, now }: Asked): string | undefined {
  const self = rows.principals.find(({ id }) => id === who);
  const chosen = self?.kind === "user" ? acting : self?.kind === "account" ? self.id : self?.account_id;
  const isThere = rows.accounts.some((one) => one.id === chosen && isThereNow(one));
  const isMember = rows.memberships.some(
    (one) => one.member_id === who && one.container_id === chosen && one.ended_at === null && isValid(one, now),
  );
  return isThere && (self?.kind !== "user" || isMember) ? (chosen ?? undefined) : undefined;
}

/** Everything whose grants are theirs: the account in which they act, and the units above it, too. */
function standingOf(question: Asked): ReadonlySet<string> {
  const { rows, who } = question;
  const found = new Set(groupsAndSelf(question));
  const isThere = (id: string): boolean => rows.principals.some((one) => one.id === id && one.deleted_at === null);
  const account = actingIn(question);
  if (account !== undefined && isThere(account)) found.add(account);
  const isOutside = rows.accounts.some(({ id, is_outside: outside }) => id === account && outside);
  if (account !== undefined && !isOutside && isThere(organisationId)) found.add(organisationId);
  let unit = rows.accounts.find(({ id }) => id === account)?.unit_id;
  if (rows.principals.find(({ id }) => id === who)?.kind === "unit") unit = who;
  while (unit !== undefined && unit !== null) {
    if (isThere(unit)) found.add(unit);
    unit = rows.units.find(({ id }) => id === unit)?.parent_id;
  }
  return found;
}

/** Only the groups of the account in which they act. */
function groupsAndSelf(question: Asked): ReadonlySet<string> {
  const { rows, who, now } = question;
  const account = actingIn(question);
  const found = new Set([who]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const membership of rows.memberships) {
      const group = rows.principals.find(({ id }) => id === membership.container_id);
      const isGroup =
        group?.kind === "group" && group.active && group.deleted_at === null && group.account_id === account;
      const isOpen = membership.ended_at === null && isValid(membership, now);
      if (isGroup && isOpen && found.has(membership.member_id)) found.add(membership.container_id);
    }
  }
  return found;
}

function isValid(
  { valid_from: from, valid_until: until }: Pick<GrantRow, "valid_from" | "valid_until">,
  now: number,
): boolean {
  return !(from !== null && now < from.getTime()) && !(until !== null && now >= until.getTime());
}

function isOn(rows: PolicyRows, grant: GrantRow, resource: Securable): boolean {
  const { resource_kind: kind, resource_id: id } = grant;
  if (kind === "lake") return true;
  if (kind === "expression")
    return resource.kind === "table"
      ? [undefined, ...fieldIds].some((fieldId) => matches(rows, grant, { resource, fieldId }))
      : resource.kind === "database" && matches(rows, grant, { resource, fieldId: undefined });
  if (kind === "account")
    return id === (resource.kind === "account" ? resource.id : "accountId" in resource && resource.accountId);
  if (kind === "tables")
    return (
      id ===
      (resource.kind === "table"
        ? resource.databaseId
        : (resource.kind === "database" || resource.kind === "tables") && resource.id)
    );
  return kind === resource.kind && "id" in resource && id === resource.id;
}

const everythingButRows: readonly string[] =
  "DESCRIBE ALTER DROP CREATE_TABLE CREATE_DATABASE DATA_LOCATION_ACCESS OPERATE CREATE_TAG ASSOCIATE GRANT_WITH_TAG".split(
    " ",
  );
const toGiveRights: ReadonlySet<string> = new Set(["ADMINISTER", "CREATE_TAG", "ASSOCIATE", "GRANT_WITH_TAG"]);

function gives({ permissions }: GrantRow, wanted: Permission): boolean {
  if (permissions.includes(wanted)) return true;
  if (permissions.includes("ALL") && !toGiveRights.has(wanted)) return true;
  if (permissions.includes("ADMINISTER") && everythingButRows.includes(wanted)) return true;
  if (wanted === "BROWSE") return permissions.length > 0;
  return wanted === "DESCRIBE" && permissions.some((one) => one !== "BROWSE");
}

/** Undefined if the grant has none. */
function filterOf(rows: PolicyRows, grant: GrantRow): FilterRow | "gone" | undefined {
  if (grant.filter_id === null) return undefined;
  const filter = rows.filters.find(({ id }) => id === grant.filter_id);
  const isThere = filter?.ended_at === null && grant.resource_kind === "table" && filter.table_id === grant.resource_id;
  return isThere ? filter : "gone";
}

function cellsOf(question: NaiveQuestion, reading: readonly GrantRow[], row: SampleRow): readonly Cell[] | undefined {
  const table = question.resource as SecurableTable;
  const showing = reading.filter((grant) => isUsable(question.rows, grant, table) && passes(question, grant, row));
  if (showing.length === 0) return undefined;
  return fieldIds.map((fieldId) => {
    const seen = showing.filter(
      (grant) =>
        isColumnTagged(question.rows, grant, { table, fieldId }) &&
        chainOf(question.rows, grant).every((one) => hasColumn(question.rows, one, fieldId)),
    );
    const masks = seen.map((grant) => maskOf(question.rows, grant, fieldId));
    return masks.includes(undefined) ? "plain" : [...new Set(masks.map(String))].toSorted();
  });
}

/** Whether the row passes the filters of the grant and of all that it descends from. */
function passes(question: NaiveQuestion, grant: GrantRow, row: SampleRow): boolean {
  return chainOf(question.rows, grant).every((one) => {
    const filter = filterOf(question.rows, one);
    if (filter === undefined) return true;
    return filter !== "gone" && (filter.row_predicate === null || holds(question, filter, row));
  });
}

function holds(question: NaiveQuestion, filter: FilterRow, { country, amount }: SampleRow): boolean {
  const { rows, who } = question;
  const own = rows.principals.find(({ id }) => id === who)?.attributes["country"];
  const condition = conditionOf(filter);
  if (condition === "country DE") return country === "DE";
  if (condition === "own country") return own !== undefined && country === own;
  if (condition === "not DE") return country !== null && country !== "DE";
  if (condition === "amount 10") return amount !== null && amount >= 10;
  return country !== null && country !== who && groupsAndSelf(question).has(country);
}

function conditionOf({ row_predicate: predicate }: FilterRow): Condition {
  const text = JSON.stringify(predicate);
  if (text.includes('"not"')) return conditions[2];
  if (text.includes("attribute")) return conditions[1];
  if (text.includes("groups")) return conditions[3];
  return text.includes(">=") ? conditions[4] : conditions[0];
}

function hasColumn(rows: PolicyRows, grant: GrantRow, fieldId: number): boolean {
  const filter = filterOf(rows, grant);
  const sets = [grant.columns, filter === undefined || filter === "gone" ? null : filter.columns];
  return sets.every((set) => {
    const columns = set as { readonly mode: string; readonly fieldIds: readonly number[] } | null;
    return columns === null || columns.fieldIds.includes(fieldId) === (columns.mode === "include");
  });
}

/** Two grants that mask a value differently, one of which descends from the other, show nothing of it. */
function maskOf(rows: PolicyRows, grant: GrantRow, fieldId: number): string | undefined {
  const masks = chainOf(rows, grant).map((one) => {
    const filter = filterOf(rows, one);
    if (filter === undefined || filter === "gone") return undefined;
    return (filter.masks as readonly { fieldId: number; mask: string }[]).find((mask) => mask.fieldId === fieldId)
      ?.mask;
  });
  const different = new Set(masks.filter((mask) => mask !== undefined));
  return different.size > 1 ? "replace-with-null" : [...different][0];
}

/** Whoever only reads a part of a table knows only its columns. */
function knownColumns(question: NaiveQuestion, table: SecurableTable, reading: readonly GrantRow[]): readonly number[] {
  const { rows } = question;
  if (question.action !== "read" && answers(question)) return fieldIds;
  const describing = ownGrants(question).filter(
    (grant) =>
      isOn(rows, grant, table) &&
      grant.permissions.some((one) => one !== "SELECT" && !(one === "BROWSE" && question.action !== "browse")),
  );
  const held = question.action === "read" ? [] : inTrust(question).filter((grant) => isOn(rows, grant, table));
  const valid = [...reading, ...held].filter((grant) => isUsable(rows, grant, table));
  return fieldIds.filter(
    (fieldId) =>
      (question.action !== "read" && describing.some((grant) => isColumnTagged(rows, grant, { table, fieldId }))) ||
      valid.some(
        (grant) =>
          isColumnTagged(rows, grant, { table, fieldId }) &&
          chainOf(rows, grant).every((one) => hasColumn(rows, one, fieldId)),
      ),
  );
}

/** For whoever reads every row as it is, operates the table, or watches its account. */
function knowsFigures(question: NaiveQuestion, table: SecurableTable, reading: readonly GrantRow[]): boolean {
  const { rows } = question;
  const covering = ownGrants(question).filter((grant) => isOn(rows, grant, table) && isWholeTagged(rows, grant, table));
  const wholly = reading.filter((grant) => isWholeTagged(rows, grant, table));
  const readsWhole = wholly.some((grant) =>
    chainOf(rows, grant).every((one) => {
      const filter = filterOf(rows, one);
      const isOpen =
        filter === undefined ||
        (filter !== "gone" &&
          filter.columns === null &&
          filter.row_predicate === null &&
          (filter.masks as readonly unknown[]).length === 0);
      return one.columns === null && isOpen;
    }),
  );
  const watches = covering.some(
    (grant) => (grant.resource_kind === "account" || grant.resource_kind === "lake") && gives(grant, "DESCRIBE"),
  );
  return readsWhole || watches || covering.some((grant) => gives(grant, "OPERATE"));
}
