/** The preview of a change of tags or grants, as answers say it: what it opens and closes, and for whom. */
import { z } from "zod";
import { selectEntries, type TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { selectViews } from "../../catalog/view-store.ts";
import {
  accessDifferences,
  mayDiffer,
  type AccessDifference,
  type ColumnDifferences,
  type PolicyStep,
} from "../../governance/access-difference.ts";
import { askingOf, type Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { administers } from "../../governance/right-to-grant.ts";
import { permissions, type Permission } from "../../governance/permission.ts";
import { securableTable } from "../../governance/securable.ts";
import type { Tagged } from "../../governance/tag-coverage.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { personOf } from "../../identity/principal.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { databaseLabel } from "../access/granted-on.ts";
import { count, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { knownTo } from "../known-to.ts";
import { knowsAll } from "../scope.ts";

const columnsOf = (text: string) => texts.describe(`Columns ${text}.`);

export const presentedDifference = z
  .strictObject({
    principal: z.string().describe("A user by name, or role:<name>, key:<name>."),
    account: z.string().nullable().describe("The account in which they act; null if it does not matter."),
    on: z.string().describe("database.table, or database <name>."),
    gains: list(z.enum(permissions)).describe("The permissions that they then have on the thing, or on a part of it."),
    loses: list(z.enum(permissions)),
    opens: columnsOf("that they could not read before"),
    closes: columnsOf("that they cannot read any more"),
    widens: columnsOf("of which they read more rows, or values that were masked"),
    narrows: columnsOf("of which they read fewer rows, or masked values"),
    shows: columnsOf("that they know by name from then on, and cannot read"),
    hides: columnsOf("that they do not know any more, and could not read"),
  })
  .meta({ title: "AccessDifference" });

export type PresentedDifference = z.infer<typeof presentedDifference>;

export const preview = {
  access: list(presentedDifference).describe("The access that it opens and closes, and for whom."),
  elsewhere: count.describe("Further things whose access changes, which the caller may not know."),
};

export const noPreview: Preview = { access: [], elsewhere: 0, opensToSelf: false };

export interface Preview {
  readonly access: readonly PresentedDifference[];
  readonly elsewhere: number;
  /** Whether it gives something to the caller. */
  readonly opensToSelf: boolean;
}

type Lookup = Pick<Context, "db" | "catalog">;

interface Concerned {
  readonly resource: Tagged;
  readonly label: string;
  readonly fields: readonly NestedField[];
  readonly entry: TableEntry | undefined;
}

/**
 * Whoever may change tags decides whom that concerns, and is told. Whoever grants without administering the thing is told
 * only of `named`, to whom they grant: others would show them who is in which group.
 */
export async function previewOf(context: Lookup, asking: Asking, step: PolicyStep, named?: string): Promise<Preview> {
  const things = await concernedThings(context, asking, step);
  const byResource = new Map(things.map((thing) => [thing.resource, thing]));
  const compared = things.map(({ resource, fields }) => ({ resource, fieldIds: fields.map(({ id }) => id) }));
  const differences = accessDifferences(step, compared);
  const isKnown = isKnownTo(asking, step);
  const isNamed = ({ principal, resource }: AccessDifference): boolean =>
    named === undefined || principal.id === named || administers(asking, resource);
  const shown = differences.filter((one) => isNamed(one) && isKnown(byResource.get(one.resource)));
  const hidden = new Set(differences.filter((one) => !shown.includes(one)).map(({ resource }) => resource.id));
  const own = new Set<string>([asking.principal.id, personOf(asking.principal).id]);
  return {
    access: shown.map((one) => present(asking, one, byResource.get(one.resource))),
    elsewhere: hidden.size,
    opensToSelf: differences.some(
      ({ principal, gained, columns }) => own.has(principal.id) && gained.length + columns.opened.length > 0,
    ),
  };
}

/** Somebody may know a thing before or after the change. */
function isKnownTo(
  { principal }: Asking,
  { before, after, now }: PolicyStep,
): (thing: Concerned | undefined) => boolean {
  const askings = [before, after].map((policy) => askingOf(policy, principal, now));
  return (thing) =>
    thing !== undefined && askings.some((one) => knowsAll(one) || decideFor(one, "watch", thing.resource).allowed);
}

async function concernedThings(
  { db, catalog }: Lookup,
  asking: Asking,
  step: PolicyStep,
): Promise<readonly Concerned[]> {
  const { accountId } = asking;
  const databases = await db.selectFrom("databases").select(["id", "name", "account_id as accountId"]).execute();
  const found: Concerned[] = databases.flatMap(({ name, ...ids }) => {
    const resource = { kind: "database", ...ids } as const;
    const label = databaseLabel("database", { name, accountId: ids.accountId }, asking);
    return mayDiffer(step, resource) ? [{ resource, label, fields: [], entry: undefined }] : [];
  });
  const [tables, views] = await Promise.all([selectEntries(db, { accountId }), selectViews(db, { accountId })]);
  for (const entry of [...tables, ...views]) {
    const resource = securableTable(entry);
    if (!mayDiffer(step, resource)) continue;
    const { metadata } = await catalog.load(entry);
    found.push({ resource, label: tableLabel(entry), fields: currentSchema(metadata).fields, entry });
  }
  return found;
}

function present(asking: Asking, one: AccessDifference, thing: Concerned | undefined): PresentedDifference {
  const { principal, accountId, gained, lost, columns } = one;
  const isColumn = thing?.entry === undefined || knowsAll(asking) ? () => true : knownTo(asking)(thing.entry).isColumn;
  const namesOf = (what: keyof ColumnDifferences): readonly string[] =>
    (thing?.fields ?? []).filter(({ id }) => columns[what].includes(id) && isColumn(id)).map(({ name }) => name);
  return {
    principal: principalLabel(principal),
    account: accountId === undefined ? null : (asking.policy.accounts.get(accountId)?.name ?? null),
    on: thing?.label ?? "",
    gains: gained.filter(isSaid(gained)),
    loses: lost.filter(isSaid(lost)),
    opens: namesOf("opened"),
    closes: namesOf("closed"),
    widens: namesOf("widened"),
    narrows: namesOf("narrowed"),
    shows: namesOf("shown"),
    hides: namesOf("hidden"),
  };
}

/** Whoever may know a thing may find it. */
function isSaid(all: readonly Permission[]): (one: Permission) => boolean {
  return (one) => one !== "BROWSE" || !all.includes("DESCRIBE");
}
