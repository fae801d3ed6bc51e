/**
 * The shape of headgate.yaml: the lake, sources with their tables, calendars and schedules, people and rights.
 * docs/reference/headgate.schema.json is generated from it.
 */
import { isPattern } from "../../sync/settings/table-pattern.ts";
import { z } from "zod";
import { unclassifiedMeanings } from "../../db/pii-rows.ts";
import { captureModes } from "../../db/tables.ts";
import { compressions } from "../../engine/file-layout.ts";
import { formatVersions } from "../../iceberg/format-version.ts";
import { unsignedBigints } from "../../sync/settings/unsigned-bigint.ts";
import { controls, type Controls } from "../controller/controlled-table.ts";
import { scheduledActions } from "../scheduled/actions.ts";
import { secretPlace } from "./secret-place.ts";
import { declaredAccess } from "./declared-access.ts";

const pattern = z
  .string()
  .min(1)
  .refine(isPattern, 'write table or schema.table; a name with a dot in it stands in double quotes: "a.b"');

const patterns = z.array(pattern).describe("exact names or globs, as table or schema.table");

const columns = z.array(z.string().min(1)).max(100);

const duration = z.string().regex(/^[1-9]\d{0,5}[smhd]$/, "a number and s, m, h or d: 30m");

const password = secretPlace.describe("where the password is: an environment variable, or the first line of a file");

const table = z
  .strictObject({
    mode: z
      .enum(["auto", ...captureModes])
      .default("auto")
      .describe("how changes are found"),
    column: z.string().optional().describe("for cursor: the growing column"),
    overlap: z.number().int().nonnegative().optional().describe("for cursor: numbers, seconds or days"),
    soft_delete: z.boolean().default(false).describe("keep rows that the source deletes, marked in _deleted_at"),
    history: z.boolean().default(false).describe("keep every change in <table>__history"),
    active: z.boolean().default(true).describe("false leaves the table out of every run"),
    key: columns.optional().describe("columns that identify a row where the source declares no key"),
    partition_by: columns
      .optional()
      .describe("columns, or transforms of them: city, day(created_at), bucket(16, id), truncate(4, name)"),
    sort_by: columns.optional().describe("like partition_by; desc, nulls first and nulls last may follow each term"),
    target_file_size: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe("the approximate size of a data file in MB"),
    compression: z.enum(compressions).optional().describe("the codec of data files; the default is zstd"),
    format_version: z
      .literal(formatVersions)
      .optional()
      .describe("the version of the Iceberg format; the default is 2, and a table cannot go back from 3"),
    freshness: duration.optional().describe("send an alert when the table is older than this: 30m, 26h"),
    unsigned_bigint: z
      .enum(unsignedBigints)
      .optional()
      .describe("the type of bigint unsigned; by default the one set for the source"),
    columns: z
      .array(z.strictObject({ name: z.string().min(1), type: z.string().optional() }))
      .min(1)
      .optional()
      .describe(
        "for tables that are files: columns with the types that they have in the lake; for files without names, all of them in the order of the files. A type that is left out is found",
      ),
    reading: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("how the table's files are read, for a source that is not a database"),
    controller: z
      .strictObject(controls)
      .optional()
      .describe(
        "active, key and partition_by in the words of a DMS controller table, and how far its files count as read: a changed LastFullLoadDate or LastIncrementalFile reads again from there",
      ),
  })
  .refine(({ mode, column }) => mode !== "cursor" || column !== undefined, {
    message: "the mode cursor needs a column",
    path: ["mode"],
  })
  .refine(isSaidOnce, {
    message: "PrimaryKey and PartitionKey are key and partition_by: write one of them",
    path: ["controller"],
  })
  .refine(({ columns: named, reading }) => named === undefined || reading?.["columns"] === undefined, {
    message: "columns and reading.columns are the same: write one of them",
    path: ["columns"],
  });

interface SaidTwice {
  readonly key?: readonly string[] | undefined;
  readonly partition_by?: readonly string[] | undefined;
  readonly controller?: Controls | undefined;
}

function isSaidOnce({ key, partition_by: partitionBy, controller }: SaidTwice): boolean {
  return (
    (key === undefined || controller?.PrimaryKey === undefined) &&
    (partitionBy === undefined || controller?.PartitionKey === undefined)
  );
}

const source = z.strictObject({
  url: z.string().describe("for example mariadb://reader@db.example.org:3306/shop"),
  password: password.optional(),
  new_tables: z.enum(["auto", "ask", "ignore"]).default("auto").describe("what happens to new tables of the source"),
  freshness: duration
    .optional()
    .describe("send an alert when a table without a freshness of its own is older than this"),
  unsigned_bigint: z
    .enum(unsignedBigints)
    .default("decimal")
    .describe("the type of bigint unsigned: decimal(20,0), or long, in which every value is checked"),
  unclassified: z
    .enum(unclassifiedMeanings)
    .default("ordinary")
    .describe("whether columns about which nobody has decided whether they are personal data count as sensitive"),
  include: patterns.default([]).describe("load only these tables; the default is all tables"),
  exclude: patterns.default([]).describe("do not load these tables"),
  tables: z.record(pattern, table).default({}).describe("settings of single tables, by exact name"),
});

const lake = z.strictObject({
  location: z.string().min(1).describe("a directory, or s3://bucket/prefix"),
  endpoint: z.string().optional().describe("http(s)://host:port of an S3-compatible store"),
  region: z.string().optional(),
  path_style: z.boolean().optional().describe("endpoint/bucket/key instead of bucket.endpoint/key"),
  encryption: z
    .string()
    .optional()
    .describe("the encryption that every object must have: sse-s3, sse-kms, sse-kms:<key id>"),
});

const schedule = z.strictObject({
  source: z
    .string()
    .optional()
    .describe(
      "the source whose tables are meant; without one the whole lake, which only the actions maintain and scan allow",
    ),
  tables: patterns.default([]).describe("load only these tables; the default is all tables"),
  cron: z.string().describe("minute hour day month weekday: */15 8-18 * * mon-fri"),
  time_zone: z.string().default("UTC").describe("IANA name: Europe/Bucharest"),
  calendar: z.string().optional().describe("the name of a calendar: on its dates the schedule is not due"),
  action: z.enum(scheduledActions).default("sync"),
  timeout: z.number().int().positive().default(21_600).describe("seconds after which a run is ended"),
});

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "a name has lower-case letters, digits and _, beginning with a letter");

export const declarationSchema = z.strictObject({
  lake: lake.optional(),
  sources: z.record(name, source).default({}),
  calendars: z.record(name, z.array(z.iso.date())).default({}).describe("dates of holidays, by name"),
  schedules: z.record(name, schedule).default({}),
  ...declaredAccess,
});

export type Declaration = z.infer<typeof declarationSchema>;
export type DeclaredSource = Declaration["sources"][string];
export type DeclaredTable = DeclaredSource["tables"][string];
export type DeclaredSchedule = Declaration["schedules"][string];

/** For editors. */
export function declarationJsonSchema(): object {
  return z.toJSONSchema(declarationSchema, { io: "input" });
}
