/**
 * Endpoint settings of a DMS task that writes to S3, under the names that AWS gives them, as far as they change what
 * files say or where they are. Pure.
 */
import type { Random } from "../soak/random.ts";

export type Stage = "load" | "changes";
export type Op = "I" | "U" | "D";

export const dateSequences = ["YYYYMMDD", "YYYYMMDDHH", "YYYYMM", "MMYYYYDD", "DDMMYYYY"] as const;
export const dateDelimiters = ["SLASH", "DASH", "UNDERSCORE", "NONE"] as const;

export interface DatePartition {
  readonly sequence: (typeof dateSequences)[number];
  readonly delimiter: (typeof dateDelimiters)[number];
}

export interface DmsSettings {
  readonly dataFormat: "csv" | "parquet";
  readonly includeOpForFullLoad: boolean;
  readonly cdcInsertsOnly: boolean;
  readonly cdcInsertsAndUpdates: boolean;
  /** A header line in CSV files. */
  readonly addColumnName: boolean;
  readonly timestampColumnName: string | undefined;
  /** Where this column is; DMS does not document it. */
  readonly timestampPlace: "after op" | "last";
  readonly csvDelimiter: string;
  readonly csvRowDelimiter: "\n" | "\r\n";
  readonly rfc4180: boolean;
  readonly csvNullValue: string;
  readonly compressionType: "NONE" | "GZIP";
  readonly rowGroupLength: number;
  readonly parquetTimestampInMillisecond: boolean;
  readonly datePartition: DatePartition | undefined;
  /** All changes of all tables go into files of this folder, each transaction whole. */
  readonly preserveTransactionsIn: string | undefined;
  /** How a full load is divided: one file after the other, or by segments or partitions at once. */
  readonly fullLoad: "whole" | "segment names" | "segment folders" | "partition folders";
  /** Stands for MaxFileSize: a full load begins a new file after this many rows. */
  readonly rowsPerFile: number;
}

/** The defaults of AWS. */
export const usualDmsSettings: DmsSettings = {
  dataFormat: "csv",
  includeOpForFullLoad: false,
  cdcInsertsOnly: false,
  cdcInsertsAndUpdates: false,
  addColumnName: false,
  timestampColumnName: undefined,
  timestampPlace: "after op",
  csvDelimiter: ",",
  csvRowDelimiter: "\n",
  rfc4180: true,
  csvNullValue: "NULL",
  compressionType: "NONE",
  rowGroupLength: 10_024,
  parquetTimestampInMillisecond: false,
  datePartition: undefined,
  preserveTransactionsIn: undefined,
  fullLoad: "whole",
  rowsPerFile: 1_000_000,
};

/** Settings that DMS accepts together. */
export function randomDmsSettings(random: Random): DmsSettings {
  const changes = random.pick(["all", "all", "all", "inserts", "inserts and updates"]);
  const together = random.chance(0.35);
  const inFolders = !together && random.chance(0.4);
  return {
    dataFormat: !together && random.chance(0.4) ? "parquet" : "csv",
    includeOpForFullLoad: random.chance(0.5),
    cdcInsertsOnly: changes === "inserts",
    cdcInsertsAndUpdates: changes === "inserts and updates",
    addColumnName: random.chance(0.6),
    timestampColumnName: random.chance(0.5) ? random.pick(["ts", "dms_timestamp", "Commit Time"]) : undefined,
    timestampPlace: random.pick(["after op", "after op", "last"]),
    csvDelimiter: random.pick([",", ",", "|", ";", "\t"]),
    csvRowDelimiter: random.pick(["\n", "\n", "\r\n"]),
    rfc4180: random.chance(0.8),
    csvNullValue: random.pick(["NULL", "NULL", "", "\\N"]),
    compressionType: random.pick(["NONE", "GZIP"]),
    rowGroupLength: random.pick([2_048, 10_024]),
    parquetTimestampInMillisecond: random.chance(0.3),
    datePartition: inFolders
      ? { sequence: random.pick(dateSequences), delimiter: random.pick(dateDelimiters) }
      : undefined,
    preserveTransactionsIn: together ? random.pick(["cdc", "changes/in order"]) : undefined,
    fullLoad: random.pick(["whole", "whole", "segment names", "segment folders", "partition folders"]),
    rowsPerFile: random.pick([3, 40, 1_000_000]),
  };
}

/** Whether rows of this stage begin with what was done: AWS's table of IncludeOpForFullLoad and CdcInsertsOnly. */
export function saysOp(settings: DmsSettings, stage: Stage): boolean {
  if (stage === "load" || settings.cdcInsertsOnly) return settings.includeOpForFullLoad;
  return true;
}

/** Whether files of changes have rows of this kind. */
export function isWritten(settings: DmsSettings, op: Op): boolean {
  if (settings.cdcInsertsOnly) return op === "I";
  return op !== "D" || !settings.cdcInsertsAndUpdates;
}

/** The folders of a date: `2024/01/31`, `2024-01`. */
export function dateFolder({ sequence, delimiter }: DatePartition, time: Date): string {
  const [year = "", month = "", day = "", hour = ""] = time.toISOString().split(/[-T:]/);
  const parts = {
    YYYYMMDD: [year, month, day],
    YYYYMMDDHH: [year, month, day, hour],
    YYYYMM: [year, month],
    MMYYYYDD: [month, year, day],
    DDMMYYYY: [day, month, year],
  }[sequence];
  return parts.join({ SLASH: "/", DASH: "-", UNDERSCORE: "_", NONE: "" }[delimiter]);
}
