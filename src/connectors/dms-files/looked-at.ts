/** A file as far as its beginning or its footer tells: its format, compression and columns. No rows are kept. */
import { quotePath } from "../../engine/quote-path.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ForeignFile, ForeignFiles } from "../../objects/foreign-files.ts";
import { fileBeginning } from "./file-beginning.ts";
import { fileInvalid } from "./file-invalid.ts";
import type { Occurring } from "./occurring.ts";
import type { TransactionWidths } from "./transaction-widths.ts";

export interface LookedAt {
  readonly file: ForeignFile;
  /** From which the engine can read it now. */
  readonly path: string;
  readonly isGzip: boolean;
  /** The first bytes of CSV as text. Undefined for Parquet. */
  readonly text: string | undefined;
  /** The columns of Parquet. */
  readonly fields: readonly ParquetField[];
}

export interface ParquetField {
  readonly name: string;
  readonly engineType: string;
}

export interface Looking {
  readonly files: ForeignFiles;
  /** By local path and marks: files with the transactions of all tables are counted through once, not for each table. */
  readonly widths: Map<string, Promise<TransactionWidths>>;
  /** By the versions of a full load's files: the digest of what is in them. */
  readonly contents: Map<string, Promise<string>>;
  engine(): Promise<Engine>;
  /** The tables that have rows in files of whole transactions, given all of these files in order. */
  occurring(files: readonly ForeignFile[]): Promise<Occurring>;
}

/** Throws SOURCE_FILE_INVALID, and what opening the file throws. */
export async function lookAt({ files, engine }: Looking, file: ForeignFile): Promise<LookedAt> {
  const path = await files.localPath(file);
  try {
    if (/\.parquet(\.gz)?$/i.test(file.path))
      return { file, path, isGzip: false, text: undefined, fields: await parquetFields(await engine(), path) };
    const { isGzip, text } = await fileBeginning(path);
    return { file, path, isGzip, text, fields: [] };
  } catch (failure) {
    throw fileInvalid(failure, new Map([[path, file.path]]));
  }
}

async function parquetFields(engine: Engine, path: string): Promise<readonly ParquetField[]> {
  const { rows } = await engine.run(
    `select column_name, column_type from (describe from read_parquet([${quotePath(path)}], hive_partitioning = false))`,
  );
  return rows.map(([name, type]) => ({ name: String(name), engineType: String(type) }));
}
