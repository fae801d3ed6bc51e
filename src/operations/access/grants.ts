/** Operations with which people give each other rights, take them back, and look at them. */
import { z } from "zod";
import { inPolicyChange } from "../../db/policy-change.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { checkForm } from "../../governance/grantable-on.ts";
import { addGrant, endGrants, type NewGrant } from "../../governance/grants.ts";
import { administersOwn } from "../../governance/decide.ts";
import { isSelf } from "../../governance/is-self.ts";
import { passedOnFrom } from "../../governance/passed-on.ts";
import { permissions } from "../../governance/permission.ts";
import { resourceKey, type Grant, type Policy } from "../../governance/policy.ts";
import { visible } from "../../governance/resource.ts";
import { administers, checkHolder, rightToGrant } from "../../governance/right-to-grant.ts";
import { isInTrust } from "../../governance/share.ts";
import { authorOf } from "../../identity/principal.ts";
import { findPrincipal, parsePrincipalName, principalMissingCodes } from "../../identity/principal-name.ts";
import { count, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import type { RecordedFacts } from "../performed.ts";
import { checkTimes } from "./check-times.ts";
import { findHolder } from "./find-holder.ts";
import { findResource, resourceMissingCodes, resourceNames, type FoundResource } from "./granted-on.ts";
import { grantedPart } from "./granted-part.ts";
import { mayEnd } from "./may-end.ts";
import { grantPresenter, grantedOnWords, presentedGrant } from "./present-grant.ts";
import { noPreview, preview, previewOf } from "../tags/preview.ts";
import { presentedSensitive, sensitiveColumns } from "../tags/sensitive-columns.ts";
import { inTagChange } from "../tags/tag-change.ts";
import { ensureWritten } from "../tags/written-expression.ts";

const permissionNames = z.array(z.enum(permissions)).min(1).max(permissions.length);

const addInput = z.strictObject({
  permissions: permissionNames,
  on: z.string().min(1).describe(grantedOnWords),
  to: z
    .string()
    .min(1)
    .describe("A user by name, or group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>."),
  columns: z.array(z.string()).min(1).optional().describe("Only these columns, with SELECT on a table."),
  except: z.array(z.string()).min(1).optional().describe("All columns but these, future ones too."),
  filter: z.string().optional().describe("A data filter of the table."),
  from: givenInstant.optional(),
  until: givenInstant.optional().describe("At this moment the grant is no longer valid."),
  grantable: z.boolean().default(false).describe("Whether the holder may pass it on."),
  plan: z.boolean().default(false).describe("Only show what it would open, and for whom."),
});

type AddInput = z.infer<typeof addInput>;

export const grantAdd = operation({
  name: "grant.add",
  summary:
    "Grant permissions to a user, a group, a role, a key, an account or a unit; a grant that exists in the same form stays as it is",
  action: "watch",
  seesViews: true,
  changes: true,
  input: addInput,
  output: z.strictObject({
    grants: list(presentedGrant).describe("One per permission."),
    added: count.describe("How many of them are new."),
    toSelf: z.boolean().describe("Whether somebody has granted something to themselves."),
    sensitive: list(presentedSensitive).describe("The columns with a sensitive tag that they cover."),
    ...preview,
    granted: z.boolean(),
  }),
  errors: [
    ...ofTable,
    ...resourceMissingCodes,
    ...principalMissingCodes,
    "FILTER_NOT_FOUND",
    "GRANT_INVALID",
    "GRANT_TOO_WIDE",
  ],
  resources: () => [visible],
  async run(context, input, { asking, principal, record }) {
    record(input);
    checkTimes({ place: input.on, ...input }, asking.now);
    const found = await findResource(context, asking, input.on);
    record(aboutTable(found));
    const forms = await wantedForms(context, asking, { input, found });
    withRights(asking, found, forms);
    const author = { by: authorOf(principal), origin: null };
    const change = { asking, plan: input.plan };
    const { made, step } = await inTagChange(context, change, async ({ transaction, asking: present }) => {
      const { id: principalId } = await findPrincipal(transaction, parsePrincipalName(input.to));
      if (found.table !== undefined) await checkStillThere(transaction, { id: found.table.id, label: found.label });
      await ensureWritten(transaction, found.written, author.by);
      const rows = [];
      for (const grant of withRights(present, found, forms)) {
        checkHolder(present, grant, principalId);
        rows.push(await addGrant(transaction, { ...grant, principalId }, author));
      }
      return { stored: rows, toSelf: isSelf(present, principalId), to: principalId };
    });
    const { stored, toSelf } = made;
    const ids = stored.map(({ id }) => id);
    const after = { ...asking, policy: step.after };
    const sensitive = await sensitiveColumns(context, after, grantsOf(step.after, ids));
    record({ grants: ids, isSelfGrant: toSelf, ...(sensitive.length > 0 && { sensitive: sensitive.length }) });
    const { opensToSelf: _opensToSelf, ...shown } = input.plan
      ? await previewOf(context, asking, step, made.to)
      : noPreview;
    return {
      grants: await presentAll(context, after, grantsOf(step.after, ids)),
      added: stored.filter(({ isNew }) => isNew).length,
      toSelf,
      sensitive,
      ...shown,
      granted: !input.plan,
    };
  },
});

function grantsOf({ grants }: Policy, ids: readonly string[]): readonly Grant[] {
  return ids.map((id) => grants.get(id)).filter((grant) => grant !== undefined);
}

/** For the audit log, in which the events about a table can be looked for. */
function aboutTable({ table, label }: FoundResource): RecordedFacts {
  return table === undefined ? {} : { about: [{ kind: "table", name: label, id: table.id }] };
}

interface AskedGrant {
  readonly input: AddInput;
  readonly found: FoundResource;
}

interface WantedForm extends Omit<NewGrant, "principalId" | "parentId"> {
  /** The error for a filter that does not exist, which only those who may grant are told. */
  readonly missing: HeadgateError | undefined;
}

/** One per permission. Throws what `checkForm` throws. */
async function wantedForms(
  { catalog, db }: Context,
  asking: Asking,
  { input, found }: AskedGrant,
): Promise<readonly WantedForm[]> {
  const { columns, filter } = await grantedPart({ catalog, db }, asking, { found, ...input });
  const valid = { from: millisecondsOf(input.from), until: millisecondsOf(input.until) };
  const form = { on: found.on, columns, filterId: filter?.id, isGrantable: input.grantable, valid };
  return [...new Set(input.permissions)].map((permission) => {
    checkForm({ ...form, permission }, found.label);
    return { ...form, permission, missing: filter?.missing };
  });
}

/** Throws what `rightToGrant` throws. */
function withRights(
  asking: Asking,
  { place }: FoundResource,
  forms: readonly WantedForm[],
): readonly Omit<NewGrant, "principalId">[] {
  return forms.map(({ missing, ...form }) => {
    const { parentId, until, accountId } = rightToGrant(asking, place, form);
    if (missing !== undefined) throw missing;
    return { ...form, valid: { ...form.valid, until }, parentId, accountId };
  });
}

function millisecondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

async function presentAll(context: Context, asking: Asking, grants: readonly Grant[]) {
  const present = await grantPresenter(context, asking);
  return Promise.all(grants.map(present));
}

const revokeInput = z.strictObject({
  permissions: permissionNames,
  on: z.string().min(1),
  from: z
    .string()
    .min(1)
    .describe("A user by name, or group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>."),
  filter: z.string().optional().describe("Only the grant with this data filter."),
  plan: z.boolean().default(false).describe("Only show what would end."),
});

type RevokeInput = z.infer<typeof revokeInput>;

export const grantRevoke = operation({
  name: "grant.revoke",
  summary: "Take permissions back, with everything that was passed on from them",
  action: "watch",
  seesViews: true,
  changes: true,
  input: revokeInput,
  output: z.strictObject({
    grants: list(presentedGrant).describe("Those that are named."),
    falls: list(presentedGrant).describe("Those that were passed on from them, which end too."),
    declaredIn: texts.describe("The declarations that make these grants again when they are applied."),
    revoked: z.boolean(),
  }),
  errors: [...ofTable, ...resourceMissingCodes, ...principalMissingCodes, "GRANT_NOT_FOUND", "GRANT_INVALID"],
  resources: () => [visible],
  async run(context, input, { asking, principal, record }) {
    record(input);
    const found = await findResource(context, asking, input.on);
    record(aboutTable(found));
    const named = await namedGrants(context, asking, { ...input, found });
    const falls = passedOnFrom(asking.policy, named);
    record({ grants: [...named, ...falls].map(({ id }) => id) });
    const present = await grantPresenter(context, asking);
    const [grants, fallen] = await Promise.all([Promise.all(named.map(present)), Promise.all(falls.map(present))]);
    if (!input.plan) await end(context, named, authorOf(principal));
    const declaredIn = [...new Set(named.map(({ origin }) => origin).filter((origin) => origin !== undefined))];
    return { grants, falls: fallen, declaredIn, revoked: !input.plan };
  },
});

async function end({ db }: Context, grants: readonly Grant[], by: string | null): Promise<void> {
  await inPolicyChange(db, async (transaction) => {
    await endGrants(
      transaction,
      grants.map(({ id }) => id),
      { by, reason: "revoked" },
    );
  });
}

interface AskedRevoke extends RevokeInput {
  readonly found: FoundResource;
}

/** Those that the caller may end. Throws GRANT_NOT_FOUND, and GRANT_INVALID for the grant of a role. */
async function namedGrants(context: Context, asking: Asking, input: AskedRevoke): Promise<readonly Grant[]> {
  const { found } = input;
  const principalId = await findHolder(context.db, asking, input.from);
  const { policy } = asking;
  const held = policy.grantsTo.get(principalId ?? "")?.get(resourceKey(found.on)) ?? [];
  const named = held
    .filter(({ permissions: given }) => input.permissions.some((permission) => given.has(permission)))
    .filter(({ filterId }) => input.filter === undefined || policy.filters.get(filterId ?? "")?.name === input.filter)
    .filter((grant) => mayEnd(asking, found.place, grant));
  if (named.some(({ shareId }) => shareId !== undefined)) throw isShared(found.label);
  const role = named.find(({ origin }) => origin?.startsWith("role:") === true);
  if (role !== undefined) throw isRole(input.from, role);
  if (named.length > 0) return named;
  throw new HeadgateError("GRANT_NOT_FOUND", {
    place: found.label,
    message: `${input.from} has no grant of ${input.permissions.join(", ")} on ${found.label}${input.filter === undefined ? "" : ` with the filter ${input.filter}`}`,
  });
}

function isShared(place: string): HeadgateError {
  return new HeadgateError("GRANT_INVALID", {
    place,
    message: "this grant is part of a share, and ends with it",
    remedy: "see `headgate share list`, and take it back with `headgate share revoke`",
  });
}

function isRole(to: string, { origin = "" }: Grant): HeadgateError {
  const role = origin.slice("role:".length);
  return new HeadgateError("GRANT_INVALID", {
    place: to,
    message: `${to} has this as ${role} of the account, and a role is changed as a whole`,
    remedy: "give another role: `headgate user set <name> --role none` takes all of it away",
  });
}

export const grantList = operation({
  name: "grant.list",
  summary: "List grants: of everything that the caller administers, and those that the caller has or has made",
  action: "watch",
  seesViews: true,
  input: z.strictObject({
    to: z.string().optional().describe("Only those to this user, group, role, key, account or unit."),
    on: z.string().optional().describe("Only those on exactly this."),
  }),
  output: z.strictObject({ grants: list(presentedGrant) }),
  errors: [...ofTable, ...resourceMissingCodes, ...principalMissingCodes],
  resources: () => [visible],
  async run(context, { to, on }, { asking }) {
    const key = on === undefined ? undefined : resourceKey((await findResource(context, asking, on)).on);
    const principalId = to === undefined ? undefined : ((await findHolder(context.db, asking, to)) ?? "");
    const asked = [...asking.policy.grants.values()].filter(
      (grant) =>
        (key === undefined || resourceKey(grant.on) === key) &&
        (principalId === undefined || grant.principalId === principalId),
    );
    return { grants: await listed(context, asking, asked) };
  },
});

async function listed(context: Context, asking: Asking, grants: readonly Grant[]) {
  const nameOf = await resourceNames(context, asking);
  const present = await grantPresenter(context, asking);
  const { principal, reader, policy } = asking;
  const isAdministrator = administersOwn(asking);
  const mayList = (grant: Grant): boolean =>
    (reader.ids.has(grant.principalId) && (isAdministrator || !isInTrust(policy, grant))) ||
    (isAdministrator && grant.accountId !== undefined && grant.accountId === asking.accountId) ||
    grant.grantedBy === principal.id ||
    administers(asking, nameOf(grant.on).place);
  const shown = await Promise.all(grants.filter(mayList).map(present));
  const orderOf = ({ on, to }: (typeof shown)[number]): string => `${on}\0${to}`;
  return shown.toSorted((one, other) => orderOf(one).localeCompare(orderOf(other)));
}
