/** Files of an import that can be read on this machine, and what was found in them. */
import type { Reading } from "./file-relation.ts";
import type { ImportFile } from "./import-file.ts";

export interface LocalFile extends ImportFile {
  /** Local path from which the file can be read now. */
  readonly path: string;
}

export interface FoundFile extends LocalFile {
  readonly reading: Reading;
  readonly rows: number;
  /** Everything that the table will not have exactly as the file does. */
  readonly notes?: readonly string[] | undefined;
}
