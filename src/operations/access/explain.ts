/** The operation that says whether somebody may do something, by which grants, what is missing, and who could grant it. */
import { z } from "zod";
import { must } from "../../base/must.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { askingsAs, explainedActions, type ExplainedAction } from "../../governance/effective-access.ts";
import { grantState } from "../../governance/grant-state.ts";
import type { Grant, PolicyPrincipal } from "../../governance/policy.ts";
import { visible } from "../../governance/resource.ts";
import type { Contained } from "../../governance/securable.ts";
import { showsColumn } from "../../governance/table-access.ts";
import {
  askingsKnown,
  isPassedOnIn,
  mayAskAbout,
  nearMisses,
  whoCouldGrant,
  type NearMiss,
} from "../../governance/what-is-missing.ts";
import { waysOf } from "../../governance/ways.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { principalLabel, principalMissingCodes } from "../../identity/principal-name.ts";
import { list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";
import { knownTo, knowsPeople } from "../known-to.ts";
import { ownAccountName } from "../scope.ts";
import { findHolder } from "./find-holder.ts";
import { findResource, resourceMissingCodes, resourceNames } from "./granted-on.ts";
import { instantOf, principalText } from "./present-grant.ts";
import { presentedWay, presentWay, type WayNames } from "./present-way.ts";
import { signInObstacle } from "./sign-in-obstacle.ts";

const explained = z.strictObject({
  action: z.enum(explainedActions),
  allowed: z.boolean(),
  because: z.string(),
  ways: list(presentedWay).describe("The grants that allow it."),
  missing: texts.describe("If it is not allowed: grants that would allow it, and why they do not."),
  couldGrant: texts.describe("If it is not allowed: who could grant it."),
});

export const accessExplain = operation({
  name: "access.explain",
  summary: "Explain what somebody may do with a thing: by which grants, filters and memberships, and what is missing",
  action: "watch",
  seesViews: true,
  input: z.strictObject({
    principal: z
      .string()
      .describe("A user by name, or group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>."),
    resource: z.string().describe("database.table, database.*, database <name>, source <name> or account <name>."),
  }),
  output: z.strictObject({
    principal: z.string(),
    resource: z.string(),
    account: z
      .string()
      .nullable()
      .describe("The account in which they act: of theirs the one in which they may do most; null for none."),
    actions: list(explained),
    columns: z
      .strictObject({ shown: texts, hidden: texts })
      .nullable()
      .describe("For a table: the columns of which something can be read, and the others that the caller may know."),
    obstacles: texts.describe("The reasons why the principal cannot act at all, whatever is granted."),
  }),
  errors: [...ofTable, ...resourceMissingCodes, ...principalMissingCodes],
  resources: () => [visible],
  async run(context, input, { asking }) {
    const found = await explainedResource(context, asking, input);
    const { place, label } = found;
    if (place === undefined || place.kind === "lake") throw notExplained(label);
    const id = await findHolder(context.db, asking, input.principal);
    const principal = asking.policy.principals.get(id ?? "");
    const all = principal === undefined ? [] : askingsAs(asking.policy, principal, asking.now);
    const known = asking.reader.ids.has(id ?? "") ? all : askingsKnown(asking, all, place);
    if (known.length === 0 && !mayAskAbout(asking, place)) throw onlyAdministrators(label);
    if (principal === undefined) throw new HeadgateError("USER_NOT_FOUND", { place: input.principal });
    const table = found.table && (await context.catalog.load(found.table));
    const theirs = whereMost(known, place);
    const showsRows = mayAskAbout(asking, place);
    const isOthers = !asking.reader.ids.has(id ?? "");
    const isGrantKnown = (grant: Grant): boolean => showsRows || !isOthers || isPassedOnIn(asking, grant);
    const isKnown = table === undefined ? () => true : knownTo(asking)(table).isColumn;
    const names = {
      asking: theirs,
      nameOf: await resourceNames(context, asking),
      resource: place,
      table,
      showsRows,
      showsFacts: knowsPeople(asking),
    };
    return {
      principal: principalLabel(principal),
      resource: label,
      account: ownAccountName(theirs) ?? null,
      actions: explainedActions.map((action) => explainAction(names, action, { place, showsRows, isGrantKnown })),
      columns:
        table === undefined
          ? null
          : columnsRead(theirs, { place, table, isKnown, isShownKnown: showsRows || !isOthers ? () => true : isKnown }),
      obstacles: await obstaclesOf(context, principal),
    };
  },
});

interface AskedWords {
  readonly principal: string;
  readonly resource: string;
}

/** Throws USAGE where the two were named the other way round. */
async function explainedResource(context: Context, asking: Asking, { principal, resource }: AskedWords) {
  try {
    return await findResource(context, asking, resource);
  } catch (failure) {
    const isSwapped = await findResource(context, asking, principal).then(
      () => true,
      () => false,
    );
    if (!isSwapped) throw failure;
    throw new HeadgateError("USAGE", {
      place: principal,
      message: `${principal} is no person, group, role, key, account or unit`,
      remedy: `name who it is about first, and then the thing: headgate access explain ${resource} ${principal}`,
    });
  }
}

/** In the account of the thing itself if it makes no difference. */
function whereMost(askings: readonly Asking[], place: Contained): Asking {
  const allowedIn = (asking: Asking): number =>
    explainedActions.filter((action) => decideFor(asking, action, place).allowed).length;
  const owner = place.kind === "account" ? place.id : place.accountId;
  const ranked = askings.map((asking) => ({
    asking,
    rank: 2 * allowedIn(asking) + Number(asking.accountId === owner),
  }));
  return must(ranked.toSorted((one, other) => other.rank - one.rank)[0], "a way to ask").asking;
}

interface Explained {
  readonly place: Contained;
  /** Whether it is said who could grant what is missing. */
  readonly showsRows: boolean;
  /** Whether the caller may know of a grant. */
  isGrantKnown(grant: Grant): boolean;
}

function explainAction(names: WayNames, action: ExplainedAction, { place, showsRows, isGrantKnown }: Explained) {
  const { asking } = names;
  const decision = decideFor(asking, action, place);
  const { allowed, because } = decision;
  if (decision.allowed) {
    const ways = waysOf(asking, place, decision).filter(
      ({ grant, part }) => isGrantKnown(grant) && (action !== "read" || part !== undefined),
    );
    const shown = action === "read" ? names : { ...names, table: undefined };
    return { action, allowed, because, ways: ways.map((way) => presentWay(way, shown)), missing: [], couldGrant: [] };
  }
  const granters = showsRows ? whoCouldGrant(asking, action, place) : [];
  return {
    action,
    allowed,
    because,
    ways: [],
    missing: nearMisses(asking, action, place)
      .filter(({ grant }) => isGrantKnown(grant))
      .map((miss) => missText(names, miss)),
    couldGrant: granters.map(principalLabel),
  };
}

function missText({ asking, nameOf }: WayNames, { grant, membership }: NearMiss): string {
  const to = principalText(asking, grant.principalId);
  const text = `${[...grant.permissions].join(", ")} on ${nameOf(grant.on).label} is granted to ${to}`;
  if (membership !== undefined) return `${text}, where the membership is valid ${validText(membership.valid)}`;
  const { state, why } = grantState(grant, asking);
  return `${text}, but ${why ?? (state === "over" || state === "later" ? `only ${validText(grant.valid)}` : state)}`;
}

function validText({ from, until }: { readonly from: number | undefined; readonly until: number | undefined }): string {
  return [from === undefined ? "" : `from ${instantOf(from)}`, until === undefined ? "" : `until ${instantOf(until)}`]
    .filter((text) => text !== "")
    .join(" ");
}

interface ReadTable {
  readonly place: Contained;
  readonly table: CatalogTable;
  /** Whether the caller may know the column. */
  isKnown(fieldId: number): boolean;
  /** The same for a column that the principal reads. */
  isShownKnown(fieldId: number): boolean;
}

function columnsRead(asking: Asking, { place, table, isKnown, isShownKnown }: ReadTable) {
  const decision = decideFor(asking, "read", place);
  const { fields } = currentSchema(table.metadata);
  const isShown = (id: number): boolean => decision.allowed && showsColumn(decision.access, id);
  return {
    shown: fields.filter(({ id }) => isShown(id) && isShownKnown(id)).map(({ name }) => name),
    hidden: fields.filter(({ id }) => isKnown(id) && !isShown(id)).map(({ name }) => name),
  };
}

async function obstaclesOf({ db }: Context, principal: PolicyPrincipal): Promise<readonly string[]> {
  if (!principal.isActive) return [`${principal.name} is not active`];
  const obstacle = await signInObstacle(db, principal.id);
  return obstacle === undefined ? [] : [obstacle];
}

function notExplained(place: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place,
    message: "access is explained for a table, a database, a source or an account",
  });
}

function onlyAdministrators(place: string): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    place,
    message: "only administrators may ask what others may do",
    remedy: "`headgate access mine` shows what you may do",
  });
}
