/**
 * Descriptions of databases, tables and columns, in the form of answers. Whoever may know of a thing may know what is
 * said of it; whether they may is decided before.
 */
import { z } from "zod";
import type { TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { markNames } from "../../db/tables.ts";
import type { NamedSteward } from "../../governance/stewards.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { saidOf, type Said } from "../../stewardship/said-of.ts";
import { list } from "../answers.ts";
import type { Context } from "../context.ts";

const answering = z
  .strictObject({
    who: z.string().describe("ann, group:sales, role:keeper or key:nightly."),
    gone: z.boolean().describe("Whether they were removed, so that nobody answers in their place yet."),
    inherited: z.boolean().describe("Whether they answer for the database, and the table has nobody of its own."),
  })
  .meta({ title: "Answering" });

/** Members of the description of a column, and of everything else, too. */
export const saidOfColumn = {
  description: z
    .strictObject({
      text: z.string(),
      origin: z.enum(["people", "source"]),
      comment: z.string().optional().describe("The comment in the source, if people have written another text."),
    })
    .optional(),
  parameters: z.record(z.string(), z.string()).describe("Texts by key, such as data_owner and pii_flag."),
  terms: list(z.strictObject({ term: z.string(), definition: z.string() })),
};

export const saidOfDatabase = { ...saidOfColumn, owners: list(answering), stewards: list(answering) };

export const presentedMark = z
  .strictObject({
    mark: z.enum(markNames),
    reason: z.string(),
    successor: z.string().optional().describe("The table to use instead, for those who may know of it."),
  })
  .meta({ title: "Mark" });

export const saidOfTable = { ...saidOfDatabase, mark: presentedMark.optional() };

const column = z.strictObject(saidOfColumn);
const database = z.strictObject(saidOfDatabase);
const table = z.strictObject(saidOfTable);

export type PresentedColumn = z.infer<typeof column>;
type PresentedThing = z.infer<typeof database>;
export type PresentedTable = z.infer<typeof table>;
export type PresentedMark = z.infer<typeof presentedMark>;

export interface PresentSaid {
  ofDatabase(id: string): PresentedThing;
  ofTable(entry: TableEntry): PresentedTable;
  ofColumn(entry: TableEntry, fieldId: number): PresentedColumn;
}

interface PresentedThings {
  readonly tables?: readonly TableEntry[];
  /** By id. */
  readonly databases?: readonly string[];
  /** False for lists, which say nothing of columns. */
  readonly withColumns?: boolean;
}

/** `catalog` shows what the caller may know. */
export async function presentSaid(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  { tables = [], databases = [], withColumns = true }: PresentedThings,
): Promise<PresentSaid> {
  const ids = [...databases, ...tables.flatMap(({ id, databaseId }) => [id, databaseId])];
  const said = await saidOf(db, [...new Set(ids)], { withColumns });
  const isNamed = tables.some(({ id }) => said(id).mark?.successorId !== undefined);
  const known = new Map((isNamed ? await catalog.entries() : []).map((entry) => [entry.id, entry]));
  return {
    ofDatabase: (id) => ({ ...ofLevel(said(id), undefined), ...answeringOf(said(id), undefined) }),
    ofTable: (entry) => ({
      ...ofLevel(said(entry.id), undefined),
      ...answeringOf(said(entry.id), said(entry.databaseId)),
      ...markOf(said(entry.id), known),
    }),
    ofColumn: (entry, fieldId) => ofLevel(said(entry.id), fieldId),
  };
}

const descriptionKey = "description";

function ofLevel(said: Said, fieldId: number | undefined): PresentedColumn {
  const parameters = said.parameters.filter(({ on }) => on.fieldId === fieldId);
  const written = parameters.find(({ key }) => key === descriptionKey)?.value;
  const terms = said.attachments.filter(({ on }) => on.fieldId === fieldId);
  return {
    ...descriptionOf(written, said.comment(fieldId)),
    parameters: Object.fromEntries(
      parameters.filter(({ key }) => key !== descriptionKey).map(({ key, value }) => [key, value]),
    ),
    terms: terms.map(({ term: { name: term, definition } }) => ({ term, definition })),
  };
}

function descriptionOf(
  written: string | undefined,
  comment: string | undefined,
): Pick<PresentedColumn, "description"> | undefined {
  if (written === undefined)
    return comment === undefined ? undefined : { description: { text: comment, origin: "source" } };
  const beside = comment === undefined || comment === written ? {} : { comment };
  return { description: { text: written, origin: "people", ...beside } };
}

function answeringOf(own: Said, above: Said | undefined): Pick<PresentedThing, "owners" | "stewards"> {
  const ofRole = (role: NamedSteward["role"]) => {
    const named = own.stewards.filter((one) => one.role === role);
    const isEmpty = named.every(({ isGone }) => isGone);
    const inherited = isEmpty ? (above?.stewards ?? []).filter((one) => one.role === role) : [];
    return [...named.map((one) => present(one, false)), ...inherited.map((one) => present(one, true))];
  };
  return { owners: ofRole("owner"), stewards: ofRole("steward") };
}

function present({ kind, name, isGone: gone }: NamedSteward, inherited: boolean): z.infer<typeof answering> {
  return { who: principalLabel({ kind, name }), gone, inherited };
}

function markOf({ mark: found }: Said, known: ReadonlyMap<string, TableEntry>): { mark?: PresentedMark } {
  if (found === undefined) return {};
  const { mark, reason, successorId } = found;
  const successor = known.get(successorId ?? "");
  return { mark: { mark, reason, ...(successor === undefined ? {} : { successor: tableLabel(successor) }) } };
}
