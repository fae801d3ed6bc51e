/**
 * The limits of a share that nobody decided on: it gives the columns that were judged when it was made, without those that
 * were marked as sensitive since. It is asked at every decision on access, so that no job has to run for a column to close.
 * Invariant: a mark that was not known when the share was judged closes what it is on, whatever else says about it. What
 * was never judged is closed.
 */
import { z } from "zod";
import { columnTags, databaseTags, tableTags, type TagSet } from "./effective-tags.ts";
import type { Grant, JudgedThings, Policy } from "./policy.ts";
import type { SecurableTable } from "./securable.ts";
import type { ColumnSet } from "./table-access.ts";

const schema = z.strictObject({
  tables: z.array(
    z.strictObject({
      id: z.string(),
      base: z.string().nullable(),
      fieldIds: z.array(z.int()),
      leftOut: z.array(z.int()),
    }),
  ),
  known: z.array(z.string()),
});

/** As it is stored. What cannot be understood gives nothing. */
export function judgedOf(json: unknown): JudgedThings {
  const { data } = schema.safeParse(json);
  const tables = (data?.tables ?? []).map(
    ({ id, base, fieldIds, leftOut }) =>
      [id, { fieldIds: new Set(fieldIds), leftOut: new Set(leftOut), baseId: base ?? undefined }] as const,
  );
  return { tables: new Map(tables), known: new Set(data?.known) };
}

export function judgedJson({ tables, known }: JudgedThings): string {
  return JSON.stringify({
    tables: [...tables].map(([id, { fieldIds, leftOut, baseId = null }]) => ({
      id,
      base: baseId,
      fieldIds: [...fieldIds],
      leftOut: [...leftOut],
    })),
    known: [...known],
  } satisfies z.infer<typeof schema>);
}

type Table = Pick<SecurableTable, "id" | "databaseId">;

/** The columns of a table that a grant may give in spite of its share; undefined for none. */
export function columnsOfShare(
  policy: Policy,
  { shareId }: Pick<Grant, "shareId">,
  table: Table,
): ColumnSet | undefined {
  const judged = policy.shares.get(shareId ?? "")?.judged;
  if (judged === undefined) return { mode: "all" };
  const own = judged.tables.get(table.id);
  const closed = closedColumns(policy, judged, table);
  if (own === undefined || closed.length === own.fieldIds.size) return undefined;
  const left = [...closed, ...own.leftOut];
  return left.length === 0 ? { mode: "all" } : { mode: "exclude", fieldIds: new Set(left) };
}

/** Those that were judged, and marked since. */
export function closedColumns(policy: Policy, judged: JudgedThings, table: Table): readonly number[] {
  const own = judged.tables.get(table.id);
  if (own === undefined) return [];
  const marks = marksOf(policy, table, own.baseId);
  const isNew = (mark: string): boolean => !judged.known.has(mark);
  const fieldIds = [...own.fieldIds];
  return marks.whole.some(isNew) ? fieldIds : fieldIds.filter((fieldId) => marks.ofColumn(fieldId).some(isNew));
}

export interface Marks {
  /** Marks of the table and its database. */
  readonly whole: readonly string[];
  ofColumn(fieldId: number): readonly string[];
}

/** Texts that are equal for the same mark on the same thing. */
export function marksOf({ sensitivity, tags }: Policy, table: Table, baseId: string | undefined): Marks {
  const { id, databaseId } = table;
  const [own, base] = [sensitivity.get(id), sensitivity.get(baseId ?? "")];
  const isBaseFlagged = base?.isFlagged === true || [...(base?.columns.values() ?? [])].includes(true);
  const isDemanded = own?.isDemanded === true || base?.isDemanded === true;
  const effective = tableTags(tags, table);
  const isSecret = (set: TagSet): boolean =>
    [...set.values()].some((values) => [...values].some((value) => tags.values.get(value)?.isSensitive === true));
  const isWholeSecret = isSecret(effective.table);
  return {
    whole: [
      ...(sensitivity.get(databaseId)?.isFlagged === true ? [`pii ${databaseId}`] : []),
      ...(isSecret(databaseTags(tags, databaseId)) ? [`secret ${databaseId}`] : []),
      ...(own?.isFlagged === true || isBaseFlagged ? [`pii ${id}`] : []),
      ...(isWholeSecret ? [`secret ${id}`] : []),
    ],
    ofColumn(fieldId) {
      const flag = own?.columns.get(fieldId);
      return [
        ...(flag === true ? [`pii ${id} ${fieldId}`] : []),
        ...(flag === undefined && isDemanded ? [`unclassified ${id} ${fieldId}`] : []),
        ...(!isWholeSecret && isSecret(columnTags(effective, fieldId)) ? [`secret ${id} ${fieldId}`] : []),
      ];
    },
  };
}
