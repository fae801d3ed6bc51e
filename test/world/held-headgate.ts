/** A Headgate held by the test's own process, for many calls without starting a command each. */
import { silent } from "../../src/base/progress.ts";
import { holdDirectory, type HeldDirectory } from "../../src/server/hold-directory.ts";
import { connectors } from "../../src/main.ts";
import { reconcile } from "../../src/operations/reconcile.ts";
import { sql } from "../../src/operations/sql.ts";
import { sync } from "../../src/operations/sync.ts";
import type { ReconcileReport } from "../../src/sync/compare/reconcile-source.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { testConfig, type TestFlags } from "./lake.ts";
import { copyMetadata } from "./prepared-metadata.ts";

export interface HeldHeadgate extends AsyncDisposable {
  readonly session: HeldDirectory;
  sync(source: string, full?: boolean): Promise<SyncReport>;
  reconcile(source: string, tables?: readonly string[]): Promise<ReconcileReport>;
  rows(statement: string): Promise<readonly (readonly unknown[])[]>;
}

export async function holdHeadgate(flags: TestFlags): Promise<HeldHeadgate> {
  copyMetadata(flags.data);
  const session = await holdDirectory({ config: testConfig(flags), connectors });
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  return {
    session,
    sync: (source, full = false) => session.call(sync, { source, tables: [], full }, call),
    reconcile: (source, tables = []) => session.call(reconcile, { source, tables: [...tables], repair: false }, call),
    async rows(statement) {
      const rows: unknown[][] = [];
      const emit = async (item: unknown): Promise<void> => {
        rows.push(...((item as { rows?: unknown[][] }).rows ?? []));
      };
      await session.call(sql, { sql: statement, explain: false }, { ...call, emit });
      return rows;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
