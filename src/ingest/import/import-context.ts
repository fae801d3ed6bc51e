import type { Kysely } from "kysely";
import type { Report } from "../../base/progress.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Tables } from "../../db/tables.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ObjectStore } from "../../objects/object-store.ts";

/** The parts of its process that an import needs. */
export interface ImportContext {
  readonly config: {
    readonly lakeLocation: string;
    readonly scratchDirectory: string;
    /** Roots below which files may be: `file:///…` (not URL-encoded) or `s3://…`, without a trailing slash. */
    readonly tableRoots: readonly string[];
    /** Crash point at which to die; for tests. */
    readonly crashAt: string | undefined;
  };
  readonly db: Kysely<Tables>;
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  /** A new engine with many threads, for inspecting files. */
  ownEngine(): Promise<Engine>;
  /** The engine that writes data files. */
  loadEngine(): Promise<Engine>;
}

/** Receives the progress of the import. */
export interface ImportListener {
  readonly report: Report;
  readonly signal: AbortSignal;
}
