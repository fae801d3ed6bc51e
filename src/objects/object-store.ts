/**
 * The interface of every store for the lake's files. Objects are immutable: a location is written once.
 * This is not a file system: there are no directories, no renames and no appends.
 */

export interface ObjectStore {
  /** Throws DATA_FILE_MISSING. */
  get(location: string): Promise<Uint8Array>;
  /** Whether the object is published. */
  has(location: string): Promise<boolean>;
  /** Publishes the whole object or nothing. Throws DISK_FULL, DATA_DIRECTORY_UNWRITABLE. */
  put(location: string, bytes: Uint8Array): Promise<void>;
  /** A local path from which the object's bytes can be read now. Throws DATA_FILE_MISSING. */
  localPath(location: string): Promise<string>;
  /** A local file for somebody else to write, which is then published at `location`. */
  draft(location: string): Promise<Draft>;
  /** Objects that do not exist are no error. */
  delete(locations: readonly string[]): Promise<void>;
  /**
   * Every object whose location begins with `prefix`, which ends with `/`. With `drafts`, also the unfinished files of
   * writers that died; `delete` accepts their locations too.
   */
  list(prefix: string, options?: { readonly drafts?: boolean }): AsyncIterable<StoredObject>;
}

export interface Draft {
  readonly path: string;
  publish(): Promise<void>;
  discard(): Promise<void>;
}

/** A draft with the location at which it will be published. */
export interface LocatedDraft extends Draft {
  readonly location: string;
}

export interface StoredObject {
  readonly location: string;
  readonly size: number;
  readonly modifiedAt: Date;
  readonly isDraft: boolean;
}
