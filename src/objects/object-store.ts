/**
 * The interface of every store for the lake's files. Objects are immutable: a location is written once.
 * This is not a file system: there are no directories, no renames and no appends.
 */

import type { FileHandle } from "node:fs/promises";

/**
 * Locations without a trailing slash. An object is read only if it lies below one of them when it is opened, whatever
 * others have put in its place since somebody asked (`within`).
 */
export type Places = readonly string[] | undefined;

export interface ObjectStore {
  /** The whole object. Throws DATA_FILE_MISSING. */
  get(location: string, places?: Places): Promise<Uint8Array>;
  /** A file with the object's bytes, which is open for reading. Throws DATA_FILE_MISSING. */
  open(location: string, places?: Places): Promise<FileHandle>;
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
  /**
   * Returns a test for whether an object lies below one of these locations, which have no trailing slash. Nothing that
   * a store understands, such as `..` or a symbolic link, makes an object count as below a place that it is not below.
   */
  within(places: readonly string[]): (location: string) => Promise<boolean>;
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
