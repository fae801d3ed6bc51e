/** Schemas that the answers of several operations share: an error, a table's state, the report of each kind of run. */
import { z } from "zod";
import type { Json } from "../base/json.ts";
import type { ProgressEvent } from "../base/progress.ts";
import { captureModes } from "../db/tables.ts";
import { errorCodes, type ErrorCode } from "../errors.ts";
import { piiClasses } from "../stewardship/classify/pii-class.ts";

export const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
export const texts = list(z.string());
export const count = z.int().nonnegative();
/** In the answer that creates a table. */
export const earlierGrants = count.describe(
  "For a new table: how many grants, tags and texts of the dropped table of its name `grant.reattach` can make again; 0 for those who do not administer it.",
);
/** An ISO 8601 instant in UTC, ending in Z. */
export const instant = z.iso.datetime();

export const presentedError = z
  .strictObject({
    code: z
      .enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]])
      .describe("docs/reference/errors.md lists the codes."),
    message: z.string(),
    place: z.string().optional(),
    remedy: z.string(),
    quoted: z.string().optional().describe("Never part of an answer: only those who may read rows may read it."),
  })
  .meta({ title: "PresentedError" });

/** Any JSON value. */
export const json: z.ZodType<Json> = z
  .unknown()
  .refine((given): given is Json => given !== undefined) as z.ZodType<Json>;

export const progressEvent: z.ZodType<ProgressEvent> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("note"), text: z.string() }),
  z.strictObject({ kind: z.literal("warning"), code: z.string(), text: z.string() }),
  z.strictObject({
    kind: z.literal("rows"),
    task: z.string(),
    rows: z.number(),
    total: z.number().optional().describe("An estimate."),
    bytes: z.number().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("done"),
    task: z.string(),
    outcome: z.string(),
    rows: z.number().exactOptional(),
    error: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
  }),
]);

export const serverVersion = z.strictObject({ product: z.string(), version: z.string() });

export const column = z
  .strictObject({
    name: z.string(),
    type: z.string().describe("As DuckDB writes it: DECIMAL(12,2)."),
  })
  .meta({ title: "Column" });

export const personalColumn = z
  .strictObject({
    table: z.string(),
    column: z.string(),
    class: z.enum(piiClasses),
    confidence: z.number().min(0).max(1),
  })
  .meta({ title: "PersonalColumn" });

export const personalData = list(personalColumn)
  .optional()
  .describe("New columns that look like personal data, in tables that the caller may change.");

export const syncReport = z
  .strictObject({
    run: z.string(),
    source: z.string(),
    commit: z.string().nullable().describe("The catalog transaction; null if nothing changed."),
    position: z.string(),
    seconds: z.number(),
    rowsRead: count,
    splitsKept: count.describe("Splits that were reused from a run that did not finish."),
    tables: list(
      z.strictObject({
        sourceTable: z.string(),
        lakeTable: z.string(),
        outcome: z.enum(["created", "merged", "reloaded", "unchanged", "gone", "waiting", "paused", "failed"]),
        mode: z.enum(["full", ...captureModes]),
        modeReason: z.string(),
        reason: z.string(),
        rows: count,
        rowsAdded: count.optional(),
        rowsRemoved: count.optional(),
        rowsUpdated: count.optional(),
        files: count,
        bytes: count,
        schemaChanges: texts,
        inexact: list(z.strictObject({ column: z.string(), what: z.string(), count })),
        cautions: texts,
        earlierGrants: earlierGrants.optional(),
        error: presentedError.optional(),
      }),
    ),
    warnings: texts,
    personalData,
  })
  .meta({ title: "SyncReport" });

const rowsAsTexts = list(z.record(z.string(), z.string().nullable()));

export const reconcileReport = z
  .strictObject({
    run: z.string(),
    source: z.string(),
    position: z.string(),
    commit: z.string().nullable().describe("The catalog transaction of the repair; null if there was none."),
    seconds: z.number(),
    rowsRead: count,
    tables: list(
      z.strictObject({
        sourceTable: z.string(),
        lakeTable: z.string(),
        equal: z.boolean(),
        how: z.string().describe("How this was established."),
        rows: count,
        rowsOnlyInSource: count,
        rowsOnlyInLake: count,
        examples: z
          .strictObject({ onlyInSource: rowsAsTexts, onlyInLake: rowsAsTexts })
          .optional()
          .describe("A few rows, for those who may read rows."),
        repaired: z.boolean(),
        error: presentedError.optional(),
      }),
    ),
  })
  .meta({ title: "ReconcileReport" });

export const upkeepReport = z
  .strictObject({
    run: z.string().optional().describe("Absent if the request only asked what would be done."),
    source: z.string(),
    tables: list(
      z.strictObject({
        table: z.string(),
        files: count,
        deleteFiles: count,
        snapshots: count,
        rewrites: list(z.strictObject({ files: count, bytes: count, why: z.string() })),
        postponedBytes: count,
        expiredSnapshots: count,
        forgottenStates: count,
        orphans: count,
        filesDeleted: count,
        error: presentedError.optional(),
      }),
    ),
  })
  .meta({ title: "UpkeepReport" });

export const captureMode = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal(["diff", "files"]), reason: z.string() }),
  z.strictObject({ mode: z.literal("cursor"), column: z.string(), overlap: z.number(), reason: z.string() }),
]);

export const prunedLedger = z
  .strictObject({ runs: count, commits: count, auditEvents: count })
  .meta({ title: "PrunedLedger" });
