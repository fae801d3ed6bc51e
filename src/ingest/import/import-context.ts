import type { Kysely } from "kysely";
import type { Report } from "../../base/progress.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Tables } from "../../db/tables.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ObjectStore } from "../../objects/object-store.ts";

/** What an import needs of the process it runs in. */
export interface ImportContext {
  readonly config: {
    readonly lakeLocation: string;
    readonly scratchDirectory: string;
    /** Where files may be: `file:///…`, not encoded, or `s3://…`, without a trailing slash. */
    readonly tableRoots: readonly string[];
    /** A crash point to die at; for tests. */
    readonly crashAt: string | undefined;
  };
  readonly db: Kysely<Tables>;
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  /** A fresh engine, of many threads: files are looked into with it. */
  ownEngine(): Promise<Engine>;
  /** The engine that writes data files. */
  loadEngine(): Promise<Engine>;
}

/** Who waits for it. */
export interface ImportListener {
  readonly report: Report;
  readonly signal: AbortSignal;
}
