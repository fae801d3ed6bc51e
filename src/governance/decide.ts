/**
 * The one place that answers "may they?". Pure: from a policy, a principal, an action, a resource and the time it gives
 * the answer, the part of a table that it covers, and the reason.
 * Invariant: the answer is no unless a grant that is valid now says yes. Only SELECT and ALL let anybody read rows.
 */
import type { ErrorCode } from "../errors.ts";
import { personOf, type Principal } from "../identity/principal.ts";
import type { Grant, Policy } from "./policy.ts";
import type { Permission } from "./permission.ts";
import { accessPart, taggedColumns } from "./access-part.ts";
import { askingOf, isOwner, type Asking } from "./asking.ts";
import { isLive, isOfOtherAccount, isRoleElsewhere } from "./live-grant.ts";
import type { Contained, Securable, SecurableTable } from "./securable.ts";
import { isInTrust, reachesAccount } from "./share.ts";
import { answeringFor } from "./stewards.ts";
import { isWhole, wholeTable, type AccessPart, type TableAccess } from "./table-access.ts";
import { coverageOf, isByTag, isTagged } from "./tag-coverage.ts";

/**
 * `browse`: find a thing in the search. `watch`: see how the lake is doing and the names of what is in it. `read`: see rows. `operate`: begin and end runs.
 * `create`: make views in a database. `annotate`: change what is said of things. `alter`: change what views stand for.
 * `drop`: remove views. `administer`: decide what is connected, how and when, and what people may do.
 */
export type Action = "browse" | "watch" | "read" | "operate" | "create" | "annotate" | "alter" | "drop" | "administer";

export type Decision = Allowed | Refused;

export interface Allowed {
  readonly allowed: true;
  readonly because: string;
  /** The grants that say yes; none for the owner of the data directory. */
  readonly grants: readonly Grant[];
  /** For a table: the part whose rows may be read (`read`), or whose columns may be known (`watch`, `browse`). */
  readonly access: TableAccess;
  /** Whether row counts, sizes, files and history may be known, which tell of every row. */
  readonly statistics: boolean;
}

export interface Refused {
  readonly allowed: false;
  readonly because: string;
  readonly code: ErrorCode;
}

export interface Question {
  readonly policy: Policy;
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: Securable;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function decide({ policy, principal, action, resource, now }: Question): Decision {
  return decideFor(askingOf(policy, principal, now), action, resource);
}

export function decideFor(asking: Asking, action: Action, resource: Securable): Decision {
  const { kind, name, provisions } = asking.principal;
  const unready = stillMissing(asking.principal);
  if (unready !== undefined) return unready;
  const permission = permissionFor[action];
  if (permission === undefined) return refused(`there is no action ${action}`);
  if (kind === "local")
    return allowed("whoever owns the data directory may do everything", { access: wholeTable, statistics: true });
  if (resource.kind === "machine")
    return refused(`${name} does not own the data directory, and only its owner may use the machine`);
  if (asking.reader.ids.size === 0) return refused(`${name} is not active`);
  if (resource.kind === "provisioned" || provisions !== undefined) return decideProvisioning(asking, resource);
  if (resource.kind === "visible") return decideVisible(asking, action);
  const grants = resource.kind === "lake" ? grantsOnLake(asking, permission) : grantsFor(asking, resource, permission);
  const answers = answersFor(asking, action, resource);
  if (grants.length === 0 && !answers)
    return refused(`no grant allows ${name} to ${wordFor[action]} ${nameOf(resource)}`);
  const part = tablePart(asking, { action, resource, grants, answers });
  if (action === "read" && part.access?.parts.length === 0)
    return refused(`the data filters that would let ${name} read this table are no longer valid`);
  return allowed(answers ? `${name} answers for ${nameOf(resource)}` : mayText(asking, action, resource), {
    grants,
    ...part,
  });
}

function mayText({ principal }: Asking, action: Action, resource: Securable): string {
  return `${principal.name} may ${wordFor[action]} ${nameOf(resource)}`;
}

/** Owners and stewards may know of what they answer for, with all its columns, and change what is said of it. */
function answersFor({ policy, reader }: Asking, action: Action, resource: Securable): boolean {
  if (action !== "browse" && action !== "watch" && action !== "annotate") return false;
  return answeringFor(policy, resource).some(({ principalId }) => reader.ids.has(principalId));
}

/** Undefined for somebody who has done all that signing in takes. */
function stillMissing({ name, mustChangePassword, lacksAuthenticator }: Principal): Refused | undefined {
  if (mustChangePassword)
    return { ...refused(`${name} has not changed the one-time password`), code: "PASSWORD_MUST_CHANGE" };
  if (lacksAuthenticator === true)
    return { ...refused(`${name} has no authenticator, which their account requires`), code: "AUTHENTICATOR_REQUIRED" };
  return undefined;
}

/** A key for provisioning may do that and nothing else, whatever it is granted, and nobody else may do it. */
function decideProvisioning({ principal: { name, provisions } }: Asking, { kind }: Securable): Decision {
  if (provisions === undefined) return refused(`${name} is not a key for provisioning`);
  if (kind !== "provisioned") return refused(`the key ${name} is for provisioning only`);
  return allowed(`${name} provisions the people of its provider in its account`, {});
}

/** A text that somebody keeps, such as a query. */
export interface KeptText {
  readonly accountId: string;
  /** Null for the owner of the data directory. */
  readonly ownerId: string | null;
  /** Ids of users, groups, roles, and of the account. */
  readonly sharedWith: readonly string[];
}

/**
 * `own`: may change it. `shared`: may know it. It is known in its account only, and knowing it gives no right to anything that
 * it names.
 */
export function decideKept(asking: Asking, { accountId, ownerId, sharedWith }: KeptText): "own" | "shared" | "none" {
  if (accountId !== asking.accountId) return "none";
  if (isOwner(asking)) return "own";
  if (asking.reader.ids.size === 0) return "none";
  if (ownerId === personOf(asking.principal).id) return "own";
  return sharedWith.some((id) => asking.reader.ids.has(id)) ? "shared" : "none";
}

export const permissionFor: Readonly<Record<Action, Permission | undefined>> = {
  browse: "BROWSE",
  watch: "DESCRIBE",
  read: "SELECT",
  operate: "OPERATE",
  create: "CREATE_TABLE",
  annotate: "ALTER",
  alter: "ALTER",
  drop: "DROP",
  administer: "ADMINISTER",
};

const wordFor: Readonly<Record<Action, string>> = {
  browse: "find",
  watch: "describe",
  read: "read",
  operate: "operate",
  create: "create views in",
  annotate: "change what is said of",
  alter: "alter",
  drop: "drop",
  administer: "administer",
};

/** Anybody may ask for what they may see. To read, at least one grant must be for reading. */
function decideVisible(asking: Asking, action: Action): Decision {
  const { name } = asking.principal;
  if (action === "watch" || action === "browse") return allowed(`${name} may see what the grants show`, {});
  const permission = permissionFor[action];
  const grants = permission === undefined ? [] : allGrants(asking).filter((grant) => gives(grant, permission));
  return grants.length === 0
    ? refused(`no grant allows ${name} to ${action} anything`)
    : allowed(`${name} may ${action} what the grants show`, { grants });
}

/** The live grants of the reader on anything, without what is held in trust. */
export function allGrants(asking: Asking): readonly Grant[] {
  return withThoseInTrust(asking).filter((grant) => !isInTrust(asking.policy, grant));
}

/** The live grants of the reader on anything, and those that an account to which they belong holds in trust. */
export function withThoseInTrust(asking: Asking): readonly Grant[] {
  return [...asking.reader.ids].flatMap((id) =>
    [...(asking.policy.grantsTo.get(id)?.values() ?? [])].flat().filter((grant) => counts(grant, asking)),
  );
}

/** A right on the lake is granted as such. While there is one account, it is the whole lake. */
function grantsOnLake(asking: Asking, permission: Permission): readonly Grant[] {
  const [only, another] = [...asking.policy.accounts.values()].filter(({ isCanary }) => isCanary !== true);
  if (only !== undefined && another === undefined)
    return grantsFor(asking, { kind: "account", id: only.id }, permission);
  return liveOn(asking, "lake").filter((grant) => gives(grant, permission) && !isInTrust(asking.policy, grant));
}

/** The live grants of the reader that give the permission on the resource. */
export function grantsFor(asking: Asking, resource: Contained, permission: Permission): readonly Grant[] {
  const covering = grantsCovering(asking, resource, permission);
  const held = covering.filter((grant) => isInTrust(asking.policy, grant));
  if (held.length === 0) return covering;
  const isKnowing = permission === "DESCRIBE" || permission === "BROWSE";
  const known = isKnowing ? ofOwnAccount(asking, held) : [];
  return covering.filter((grant) => !held.includes(grant) || known.includes(grant));
}

/** Grants of shares that whoever administers the account in which they act may pass on, and may know of. */
export function grantsInTrust(asking: Asking, resource: Contained, permission: Permission): readonly Grant[] {
  const covering = grantsCovering(asking, resource, permission);
  return ofOwnAccount(
    asking,
    covering.filter((grant) => isInTrust(asking.policy, grant)),
  );
}

/** Those of the grants in trust that their account may pass on; none for somebody who does not administer it. */
function ofOwnAccount(asking: Asking, held: readonly Grant[]): readonly Grant[] {
  if (held.length === 0 || !administersOwn(asking)) return [];
  return held.filter(({ principalId }) => reachesAccount(asking.policy, principalId, asking.accountId));
}

/** Whether somebody administers the account in which they act. */
export function administersOwn(asking: Asking): boolean {
  const { accountId } = asking;
  return accountId !== undefined && decideFor(asking, "administer", { kind: "account", id: accountId }).allowed;
}

function grantsCovering(asking: Asking, resource: Contained, permission: Permission): readonly Grant[] {
  const found: Grant[] = [];
  for (const key of keysOf(asking.policy, resource))
    for (const grant of liveOn(asking, key))
      if (covers(asking.policy, grant, { resource, permission })) found.push(grant);
  return found;
}

/** For what is no action of its own: changing a thing, defining tags, giving them. */
export function holds(asking: Asking, permission: Permission, resource: Contained): boolean {
  return (
    isOwner(asking) || (!asking.principal.mustChangePassword && grantsFor(asking, resource, permission).length > 0)
  );
}

/** The reader's live grants by a key; those on a database are asked for again with each of its tables. */
function liveOn(asking: Asking, key: string): readonly Grant[] {
  const known = asking.liveGrants.get(key);
  if (known !== undefined) return known;
  const live: Grant[] = [];
  for (const id of asking.reader.ids)
    for (const grant of asking.policy.grantsTo.get(id)?.get(key) ?? []) if (counts(grant, asking)) live.push(grant);
  asking.liveGrants.set(key, live);
  return live;
}

/** Whether a grant of the reader counts now, in the account that they act in. */
function counts(grant: Grant, asking: Asking): boolean {
  return isLive(grant, asking) && !isRoleElsewhere(grant, asking) && !isOfOtherAccount(grant, asking);
}

/** The keys (`resourceKey`) of everything whose grants can cover the resource. */
export function keysOf({ tags }: Policy, resource: Contained): readonly string[] {
  if (resource.kind === "account") return [`account ${resource.id}`, "lake"];
  const above = [`account ${resource.accountId}`, "lake"];
  switch (resource.kind) {
    case "database":
      return [`database ${resource.id}`, `tables ${resource.id}`, ...coverageOf(tags, resource).keys, ...above];
    case "table":
      return [`table ${resource.id}`, `tables ${resource.databaseId}`, ...coverageOf(tags, resource).keys, ...above];
    case "tag-value":
      return [`tag-value ${resource.id}`, `tag ${resource.keyId}`, ...above];
    default:
      return [`${resource.kind} ${resource.id}`, ...above];
  }
}

interface Covered {
  readonly resource: Securable;
  readonly permission: Permission;
}

/**
 * Grants on all tables of a database show that the database exists, to those to whom they show a table, and nothing more about it. A grant that reaches only
 * some columns of a table by their tags gives nothing but these columns: to know them, and to read them.
 */
export function covers(policy: Policy, grant: Grant, { resource, permission }: Covered): boolean {
  if (!gives(grant, permission)) return false;
  if (resource.kind === "database" && grant.on.kind === "tables") return ofKnowing.has(permission);
  if (resource.kind === "database" && grant.on.kind === "expression" && ofRows.has(permission)) return false;
  if (!isTagged(resource) || !isLimited(grant)) return true;
  const columns = taggedColumns(grant, policy, resource);
  if (columns === undefined) return false;
  return columns.mode === "all" || permission === "SELECT" || ofKnowing.has(permission);
}

const ofKnowing: ReadonlySet<Permission> = new Set(["BROWSE", "DESCRIBE"]);

/** Rows are in tables: a database that has the tags can be known, and its tables have rights of their own. */
const ofRows: ReadonlySet<Permission> = new Set(["SELECT", "INSERT", "DELETE"]);

function reachesAll(policy: Policy, grant: Grant, table: SecurableTable): boolean {
  return !isLimited(grant) || taggedColumns(grant, policy, table)?.mode === "all";
}

/** A grant that was passed on may have come from one by tags, and a share may leave out what was marked since. */
function isLimited({ on, parentId, shareId }: Grant): boolean {
  return isByTag(on) || parentId !== undefined || shareId !== undefined;
}

const administered: ReadonlySet<Permission> = new Set([
  "DESCRIBE",
  "ALTER",
  "DROP",
  "CREATE_TABLE",
  "CREATE_DATABASE",
  "DATA_LOCATION_ACCESS",
  "OPERATE",
  "CREATE_TAG",
  "ASSOCIATE",
  "GRANT_WITH_TAG",
]);

/** They give rights to others, so they are always given by name. */
const notInAll: ReadonlySet<Permission> = new Set(["ADMINISTER", "CREATE_TAG", "ASSOCIATE", "GRANT_WITH_TAG"]);

export function isInAll(permission: Permission): boolean {
  return !notInAll.has(permission);
}

/** Whatever somebody may do with a thing, they may know that it exists; only finding it does not make it known elsewhere. */
export function gives({ permissions }: Pick<Grant, "permissions">, permission: Permission): boolean {
  if (permissions.has(permission)) return true;
  if (permissions.has("ALL") && isInAll(permission)) return true;
  if (permission === "BROWSE") return permissions.size > 0;
  return permission === "DESCRIBE"
    ? permissions.size > (permissions.has("BROWSE") ? 1 : 0)
    : permissions.has("ADMINISTER") && administered.has(permission);
}

interface TableQuestion {
  readonly action: Action;
  readonly resource: Contained | { readonly kind: "lake" };
  readonly grants: readonly Grant[];
  /** Whether they answer for the table, by which they know all its columns. */
  readonly answers: boolean;
}

/** Details of a yes about a table. */
function tablePart(
  asking: Asking,
  { action, resource, grants, answers }: TableQuestion,
): Partial<Pick<Allowed, "access" | "statistics">> {
  if (resource.kind !== "table") return {};
  // Whatever a grant gives, it also lets know that the table exists.
  const all = action === "watch" || action === "browse" ? grants : grantsFor(asking, resource, "DESCRIBE");
  const inTrust = (grant: Grant): boolean => isInTrust(asking.policy, grant);
  const readable = action === "read" ? grants : all.filter((grant) => gives(grant, "SELECT") && !inTrust(grant));
  const read = readable.some(isUnlimited) ? wholeTable : partsOf(asking, readable, resource);
  const tellsOfAll = (grant: Grant): boolean =>
    (isOfAccount(grant) && gives(grant, "DESCRIBE")) || gives(grant, "OPERATE");
  const statistics =
    isWhole(read) || all.some((grant) => tellsOfAll(grant) && reachesAll(asking.policy, grant, resource));
  if (action === "read") return { access: read, statistics };
  if (answers) return { access: wholeTable, statistics };
  const described = all.filter(
    (grant) =>
      inTrust(grant) ||
      [...grant.permissions].some((one) => one !== "SELECT" && (one !== "BROWSE" || action === "browse")),
  );
  const known = { parts: [...read.parts, ...described.flatMap((grant) => describedPart(asking, grant, resource))] };
  return { access: known.parts.some(isEverything) ? wholeTable : known, statistics };
}

/** Such a grant shows everything, whatever others show beside it. */
function isUnlimited(grant: Grant): boolean {
  return grant.columns.mode === "all" && grant.filterId === undefined && !isLimited(grant);
}

function partsOf(asking: Asking, grants: readonly Grant[], table: SecurableTable): TableAccess {
  return { parts: grants.map((grant) => accessPart(grant, asking, table)).filter((part) => part !== undefined) };
}

/** The columns that somebody may know whom a grant lets do something else than read, or pass on what is in trust. */
function describedPart(asking: Asking, grant: Grant, table: SecurableTable): readonly AccessPart[] {
  const { policy } = asking;
  if (isInTrust(policy, grant)) {
    const part = accessPart(grant, asking, table);
    return part === undefined ? [] : [{ columns: part.columns, rows: [], masks: new Map() }];
  }
  const columns = isLimited(grant) ? taggedColumns(grant, policy, table) : wholeTable.parts[0]?.columns;
  return columns === undefined ? [] : [{ columns, rows: [], masks: new Map() }];
}

function isEverything({ columns, rows, masks }: AccessPart): boolean {
  return columns.mode === "all" && rows.length === 0 && masks.size === 0;
}

/** Such a grant shows how the account is doing, which includes how many rows there are. */
function isOfAccount({ on }: Grant): boolean {
  return on.kind === "account" || on.kind === "lake";
}

function nameOf(resource: Securable): string {
  if (resource.kind === "tables") return "all tables of this database";
  if (resource.kind === "expression") return "what has these tags";
  if (resource.kind === "tag-value") return "this value of a tag";
  return resource.kind === "lake" ? "the whole lake" : `this ${resource.kind}`;
}

function allowed(because: string, more: Partial<Omit<Allowed, "allowed" | "because">>): Allowed {
  return { allowed: true, because, grants: [], access: { parts: [] }, statistics: false, ...more };
}

function refused(because: string): Refused {
  return { allowed: false, because, code: "NOT_ALLOWED" };
}
