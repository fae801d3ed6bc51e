/**
 * Identifies the object that currently has a table's name, and everything besides its rows that its values depend on;
 * stored with what is remembered about the table (`SourceTable.incarnation`). The server does not guarantee this
 * identity; the log and the digests also reveal changes.
 * Invariant: values of a steady table change only by writes to its rows, and its snapshot shows them as of one moment.
 */
import type { SourceTable } from "../../sync/source.ts";
import type { TextRow } from "./connection.ts";
import { quoteName } from "./identifiers.ts";

interface Incarnation {
  readonly type: string;
  readonly engine: string;
  /** When its definition got its name: it differs after renaming, exchanging or altering the table. */
  readonly created: string;
  /** The numbers of its partitions, if known; an exchanged partition has a different one. */
  readonly partitions?: string | undefined;
  /** Expressions of generated columns. */
  readonly generated: readonly string[];
  /** Whether all generated values depend only on their row. */
  readonly followRow: boolean;
}

/** The dictionary's entry of the object itself; undefined if there is no object of that name. */
export interface ObjectFacts {
  readonly row: TextRow | undefined;
  readonly partitions: string | undefined;
}

/** Built from the dictionary's rows of the table and of its columns. */
export function incarnationOf({ row: object = {}, partitions }: ObjectFacts, columns: readonly TextRow[]): string {
  const incarnation: Incarnation = {
    type: object["table_type"] ?? "",
    engine: object["engine"] ?? "",
    created: object["create_time"] ?? "",
    partitions,
    generated: columns.map((row) => row["generation_expression"] ?? "").filter((expression) => expression !== ""),
    followRow: columns.every(
      (row) => isStored(row) || followsRow(row["generation_expression"] ?? "", timesOfDay(columns)),
    ),
  };
  return JSON.stringify(incarnation);
}

const isStored = (row: TextRow): boolean => /STORED|PERSISTENT/i.test(row["extra"] ?? "");

/** A time of day that is read as a date gets today's date. */
const timesOfDay = (columns: readonly TextRow[]): readonly string[] =>
  columns.filter((row) => /^time\b/i.test(row["column_type"] ?? "")).map((row) => quoteName(row["column_name"] ?? ""));

/** Whether the table's name still means the described object, according to the dictionary. */
export function isIncarnation({ incarnation }: SourceTable, { row: object, partitions: parts }: ObjectFacts): boolean {
  if (incarnation === undefined) return true;
  const { type, engine, created, partitions } = JSON.parse(incarnation) as Incarnation;
  return (
    object !== undefined &&
    type === (object["table_type"] ?? "") &&
    engine === (object["engine"] ?? "") &&
    created === (object["create_time"] ?? "") &&
    partitions === parts
  );
}

const transactional = new Set(["InnoDB", "ROCKSDB"]);

/**
 * False for views, which may show anything; for tables of engines without snapshots, whose files can be replaced by
 * hand, or that show rows of other tables and servers; and for columns whose values depend on the clock, the user or
 * the session.
 */
export function isSteady({ kind, incarnation }: SourceTable): boolean {
  if (kind === "view" || incarnation === undefined) return false;
  const { engine, followRow } = JSON.parse(incarnation) as Incarnation;
  return transactional.has(engine) && followRow;
}

/** Words of expressions whose values depend only on the row and on `Capabilities.valueSettings`. */
const steadyWords = new Set(
  `and or not xor is null true false in between like regexp rlike escape case when then else end if ifnull nullif coalesce interval
  div mod abs sign floor ceil ceiling round truncate greatest least pow power sqrt concat concat_ws length octet_length char_length
  character_length bit_length lower lcase upper ucase trim ltrim rtrim leading trailing both from left right substr substring mid
  substring_index replace insert instr locate position reverse lpad rpad repeat space ascii ord hex unhex md5 sha sha1 sha2 crc32
  to_base64 from_base64 year month day dayofmonth dayofweek dayofyear weekday week weekofyear yearweek quarter hour minute second
  microsecond date to_days from_days last_day makedate extract timestampdiff date_format from_unixtime cast convert as using char binary signed
  unsigned integer decimal double float datetime json charset collate set json_extract json_value json_query json_unquote
  json_length json_valid json_type json_exists json_contains inet_aton inet_ntoa inet6_aton inet6_ntoa st_x st_y bit_count`.split(
    /\s+/,
  ),
);

function followsRow(expression: string, names: readonly string[]): boolean {
  if (names.some((name) => expression.includes(name))) return false;
  const withoutTexts = expression
    .replaceAll(/`(?:[^`]|``)*`/g, " ")
    .replaceAll(/(?:\b_\w+\s*)?'(?:[^'\\]|\\.|'')*'/gs, " ");
  if (/[@"'`]/.test(withoutTexts)) return false;
  const words = withoutTexts.match(/[a-z_][\w$]*/gi) ?? [];
  return words.every((word) => steadyWords.has(word.toLowerCase()) || isCharsetName(word));
}

const isCharsetName = (word: string): boolean => /^(utf8|utf8mb[34]|latin1|ascii|ucs2|utf16|utf32)(_\w+)?$/i.test(word);
