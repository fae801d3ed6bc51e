/** One way in which somebody comes by a right, as answers show it. */
import { z } from "zod";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { writtenPart } from "../../governance/access-part.ts";
import type { Asking } from "../../governance/asking.ts";
import { lineOf } from "../../governance/live-grant.ts";
import { brokenFilter } from "../../governance/broken-filter.ts";
import { permissions } from "../../governance/permission.ts";
import { predicateText } from "../../governance/predicate/predicate-text.ts";
import { securableTable, type Securable } from "../../governance/securable.ts";
import { isTagged, type Tagged } from "../../governance/tag-coverage.ts";
import { tagEvidence } from "../../governance/tag-evidence.ts";
import type { Way } from "../../governance/ways.ts";
import { lastColumnNames } from "../../iceberg/last-column-names.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { instant, list, texts } from "../answers.ts";
import { knownTo } from "../known-to.ts";
import { presentColumns } from "./column-names.ts";
import { namedMask } from "./filter-content.ts";
import type { NamedResource } from "./granted-on.ts";
import { instantOf, presentedColumns, principalText } from "./present-grant.ts";
import type { Grant, GrantedOn } from "../../governance/policy.ts";

const presentedEvidence = z
  .strictObject({
    column: z.string().nullable().describe("A column that differs from the others; null for the thing as a whole."),
    reached: z.boolean().describe("Whether the grant reaches it."),
    tags: list(
      z.strictObject({
        tag: z.string().describe("As key=value."),
        from: z.enum(["database", "table", "column"]).describe("The level that has the tag; a lower one inherits it."),
      }),
    ).describe("Its tags of the keys that the grant names."),
  })
  .meta({ title: "TagEvidence" });

export const presentedWay = z
  .strictObject({
    grant: z.string().describe("The id of the grant."),
    permissions: list(z.enum(permissions)),
    on: z.string(),
    to: z.string().describe("Who holds the grant: the principal, or a group that it is in."),
    through: texts.describe("The groups through which it is the principal's, from the first to the holder."),
    origin: z.string().nullable(),
    share: z.string().nullable().describe("The id of the share that it comes from, also if it was passed on since."),
    passedOnBy: z
      .string()
      .nullable()
      .describe("Who passed it on, for a caller who may know people; null for a grant that nobody passed on."),
    until: instant.nullable().describe("When it ends, also because a membership or an earlier grant ends."),
    filter: z.string().nullable(),
    columns: presentedColumns.nullable().describe("For reading: null for all columns."),
    rows: z
      .string()
      .nullable()
      .describe(
        "For reading: the condition on rows, with the principal's own attributes for somebody who may know them; null for all.",
      ),
    masks: list(namedMask).describe("For reading: what is shown in place of values."),
    broken: z.string().optional().describe("Why its data filter cannot be used, so that it gives no rows."),
    tags: list(presentedEvidence).describe("For a grant by tags: which tags it reaches the thing and its columns by."),
  })
  .meta({ title: "WayOfAccess" });

export type PresentedWay = z.infer<typeof presentedWay>;

export interface WayNames {
  readonly asking: Asking;
  /** The thing that is reached. */
  readonly resource: Securable;
  nameOf(on: GrantedOn): NamedResource;
  /** The table that is read; undefined if nothing is said about columns and rows. */
  readonly table: CatalogTable | undefined;
  /** Whether conditions on rows and hidden columns may be shown, which the reader themselves may not know. */
  readonly showsRows: boolean;
  /** Whether facts about the reader are filled in: their attributes and groups. */
  readonly showsFacts: boolean;
}

export function presentWay(way: Way, names: WayNames): PresentedWay {
  const { asking, nameOf, table, showsRows } = names;
  const { grant, through, until } = way;
  const filter = grant.filterId === undefined ? undefined : asking.policy.filters.get(grant.filterId);
  const broken = table && filter && brokenFilter(filter, table.metadata);
  return {
    grant: grant.id,
    permissions: [...grant.permissions],
    on: nameOf(grant.on).label,
    to: principalText(asking, grant.principalId),
    through: through.map((id) => principalText(asking, id)),
    origin: grant.origin ?? null,
    ...provenance(way, names),
    until: instantOf(until),
    filter: filter?.name ?? null,
    ...partShown(way, names),
    ...(broken === undefined ? {} : { broken: showsRows ? broken : "its data filter has to be corrected" }),
    tags: isTagged(names.resource) ? evidenceShown(grant, names.resource, names) : [],
  };
}

function provenance({ grant }: Way, { asking, showsFacts }: WayNames): Pick<PresentedWay, "share" | "passedOnBy"> {
  const { shareId } = lineOf(asking.policy, grant).find((one) => one.shareId !== undefined) ?? {};
  const isShown = showsFacts && grant.parentId !== undefined && grant.grantedBy !== undefined;
  return { share: shareId ?? null, passedOnBy: isShown ? principalText(asking, grant.grantedBy) : null };
}

/** A reader is shown what reaches them, by the values that their grant names, and nothing of what keeps anything from them. */
function evidenceShown(
  grant: Grant,
  resource: Tagged,
  { asking, table, showsRows }: Pick<WayNames, "asking" | "table" | "showsRows">,
): PresentedWay["tags"] {
  const { keys, values } = asking.policy.tags;
  const nameOf = table === undefined ? () => "" : lastColumnNames(table.metadata);
  const isKnown = (fieldId: number | undefined): boolean =>
    fieldId === undefined || (table !== undefined && (showsRows || knownTo(asking)(table).isColumn(fieldId)));
  return tagEvidence(asking.policy, grant, resource)
    .filter(({ fieldId, reaches }) => isKnown(fieldId) && (showsRows || reaches))
    .map(({ fieldId, reaches, tags }) => ({
      column: fieldId === undefined ? null : nameOf(fieldId),
      reached: reaches,
      tags: tags
        .filter(({ isNamed }) => showsRows || isNamed)
        .map(({ keyId, valueId, from }) => ({
          tag: `${keys.get(keyId)?.name ?? ""}=${values.get(valueId)?.name ?? ""}`,
          from,
        })),
    }));
}

function partShown({ part, grant }: Way, { asking, table, showsRows, showsFacts }: Omit<WayNames, "nameOf">) {
  if (part === undefined || table === undefined) return { columns: null, rows: null, masks: [] };
  const written = showsFacts ? part : writtenPart(grant, asking.policy, securableTable(table));
  const nameOf = lastColumnNames(table.metadata);
  const isKnown = showsRows ? () => true : knownTo(asking)(table).isColumn;
  const { fields } = currentSchema(table.metadata);
  const conditions = written?.rows ?? [];
  const rows = [...new Set(conditions.map((predicate) => predicateText(predicate, nameOf)))];
  return {
    columns: presentColumns(part.columns, fields, isKnown),
    rows: rows.length === 0 ? null : showsRows ? joined(rows) : "some",
    masks: [...part.masks]
      .filter(([fieldId]) => isKnown(fieldId) && fields.some(({ id }) => id === fieldId))
      .map(([fieldId, { action, value }]) => ({ column: nameOf(fieldId), mask: action, value })),
  };
}

function joined(rows: readonly string[]): string {
  return rows.length === 1 ? (rows[0] ?? "") : rows.map((text) => `(${text})`).join(" AND ");
}
