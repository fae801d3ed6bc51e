/**
 * Everything that people say of one database or one table, as a document that can be edited and given back. Pure.
 * Invariant: its version is another one as soon as anything in it, or a column of the table, has changed, so that two
 * editors never overwrite each other silently.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { markNames } from "../../db/tables.ts";
import type { NestedField } from "../../iceberg/type.ts";
import type { Said } from "../../stewardship/said-of.ts";

const parameters = z.record(z.string(), z.string()).default({});
const terms = z.array(z.string()).default([]);

const columnDocument = z.strictObject({ parameters, terms });

const markDocument = z.strictObject({
  mark: z.enum(markNames),
  reason: z.string(),
  successor: z.string().optional(),
});

export const thingDocument = z
  .strictObject({
    version: z.string().describe("As it was exported: an import is refused if anything has changed since."),
    parameters: parameters.describe("Texts by key: description, data_owner, pii_flag, …"),
    terms: terms.describe("Terms of the glossary."),
    mark: markDocument.optional().describe("Only of a table."),
    columns: z.record(z.string(), columnDocument).optional().describe("Only of a table; by name."),
  })
  .meta({ title: "ThingDocument" });

export type ThingDocument = z.infer<typeof thingDocument>;

export interface DocumentParts {
  readonly said: Said;
  /** The columns that may be known; undefined for a database. */
  readonly fields: readonly NestedField[] | undefined;
  /** The name of a table by its id; undefined if the reader may not know of it. */
  labelOf(tableId: string): string | undefined;
}

export function documentOf({ said, fields, labelOf }: DocumentParts): ThingDocument {
  const content = {
    ...contentOf(said, undefined),
    ...(said.mark === undefined ? {} : { mark: markOf(said.mark, labelOf) }),
    ...(fields === undefined
      ? {}
      : { columns: Object.fromEntries(fields.map(({ id, name }) => [name, contentOf(said, id)])) }),
  };
  return { version: versionOf([content, fields?.map(({ id, name }) => [id, name])]), ...content };
}

function contentOf(said: Said, fieldId: number | undefined): z.infer<typeof columnDocument> {
  const own = said.parameters.filter(({ on }) => on.fieldId === fieldId);
  const attached = said.attachments.filter(({ on }) => on.fieldId === fieldId);
  return {
    parameters: Object.fromEntries(own.map(({ key, value }) => [key, value])),
    terms: attached.map(({ term }) => term.name),
  };
}

function markOf(
  { mark, reason, successorId }: NonNullable<Said["mark"]>,
  labelOf: DocumentParts["labelOf"],
): z.infer<typeof markDocument> {
  const successor = successorId === undefined ? undefined : labelOf(successorId);
  return { mark, reason, ...(successor === undefined ? {} : { successor }) };
}

function versionOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
}
