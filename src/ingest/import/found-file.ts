/** Files of an import that can be read on this machine, and what was found in them. */
import type { Reading } from "./file-relation.ts";
import type { ImportFile } from "./import-file.ts";

export interface LocalFile extends ImportFile {
  /** Where its bytes can be read now. */
  readonly path: string;
}

export interface FoundFile extends LocalFile {
  readonly reading: Reading;
  readonly rows: number;
  /** Everything that is not in the table as it is in the file. */
  readonly notes?: readonly string[] | undefined;
}
