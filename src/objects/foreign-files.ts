/**
 * Files that others write and Headgate only reads, such as the output of another tool below a prefix. This is not the
 * lake's store: the files may be written again under the same name, so each is known by its version.
 * Invariant: a path is handed out only for the version that was listed.
 */

/** A place of files as an address names it. */
export interface FilesPlace {
  readonly place:
    | { readonly kind: "directory"; readonly directory: string }
    | { readonly kind: "bucket"; readonly bucket: string; readonly prefix: string };
  /** Empty: credentials come from AWS's usual places. */
  readonly accessKeyId: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly pathStyle: boolean | undefined;
}

export interface ForeignFile {
  /** Below the root, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: Date;
  /** Differs when the file was written again: an entity tag, or size and time. */
  readonly version: string;
}

export interface ForeignFiles extends AsyncDisposable {
  /** For people: `s3://bucket/prefix` or `file:///directory`, without a trailing slash. */
  readonly location: string;
  /** False if a file can be listed and read while it is still being written, as in a directory. */
  readonly appearWhole: boolean;
  /** Every file below the root, in no particular order. Throws SOURCE_UNREACHABLE, _RIGHT_MISSING, _DATABASE_UNKNOWN … */
  list(): AsyncIterable<ForeignFile>;
  /**
   * A local path from which the file can be read until this object is disposed. Throws SOURCE_TABLE_ALTERED if the
   * file is no longer the version that was listed, SOURCE_RIGHT_MISSING if it may not be read.
   */
  localPath(file: ForeignFile): Promise<string>;
  /** The same while `work` runs. A copy is removed afterwards, unless somebody else was given its path. */
  whileLocal<T>(file: ForeignFile, work: (path: string) => Promise<T>): Promise<T>;
}
