import type { Kysely } from "kysely";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Tables } from "../../db/tables.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ObjectStore } from "../../objects/object-store.ts";
import type { SourceRegistry } from "../settings/source-registry.ts";

/** The parts of its process that a sync run needs. */
export interface SyncContext {
  readonly config: {
    /** `file:///…` or `s3://…` without a trailing slash. */
    readonly lakeLocation: string;
    readonly scratchDirectory: string;
    readonly readers: number;
    readonly splitBytes: number;
    readonly smallFileBytes: number;
    readonly compareAfterHours: number;
    readonly runHistoryDays: number;
    readonly engineMemoryMb: number;
    readonly engineThreads: number;
    /** Crash point at which to die; for tests. */
    readonly crashAt: string | undefined;
  };
  readonly db: Kysely<Tables>;
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly sources: SourceRegistry;
  /** The engine that writes data files, with one thread per statement; started when first needed. */
  loadEngine(): Promise<Engine>;
}
