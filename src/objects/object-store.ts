/**
 * Where the lake's files are: the port that every store fills. Objects are immutable once published: a location is written once.
 * Not a file system: no directories, no rename, no append.
 */

export interface ObjectStore {
  /** Throws DATA_FILE_MISSING. */
  get(location: string): Promise<Uint8Array>;
  /** Whether it is published. */
  has(location: string): Promise<boolean>;
  /** Publishes whole or not at all. Throws DISK_FULL, DATA_DIRECTORY_UNWRITABLE. */
  put(location: string, bytes: Uint8Array): Promise<void>;
  /** A local path where the object's bytes can be read now. Throws DATA_FILE_MISSING. */
  localPath(location: string): Promise<string>;
  /** A local file to be written by somebody else and then published at `location`. */
  draft(location: string): Promise<Draft>;
  /** Absent objects are no error. */
  delete(locations: readonly string[]): Promise<void>;
  /**
   * Every object whose location begins with `prefix`, which ends with `/`; with `drafts` also what writers that died left
   * unfinished, which `delete` takes like an object.
   */
  list(prefix: string, options?: { readonly drafts?: boolean }): AsyncIterable<StoredObject>;
}

export interface Draft {
  readonly path: string;
  publish(): Promise<void>;
  discard(): Promise<void>;
}

/** A draft that is told where it will be published. */
export interface LocatedDraft extends Draft {
  readonly location: string;
}

export interface StoredObject {
  readonly location: string;
  readonly size: number;
  readonly modifiedAt: Date;
  readonly isDraft: boolean;
}
