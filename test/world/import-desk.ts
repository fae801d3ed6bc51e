/** Steps that tests of imports repeat: put files somewhere, propose, approve, and import new ones. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { silent } from "../../src/base/progress.ts";
import { quoteText } from "../../src/engine/duckdb-type.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Imported } from "../../src/ingest/import/import-table.ts";
import type { Proposal } from "../../src/ingest/import/proposal.ts";
import { tableImport } from "../../src/operations/import.ts";
import type { HeldHeadgate } from "./held-headgate.ts";

interface DeskParts {
  /** Where the files are put. */
  readonly files: string;
  readonly engine: Engine;
  readonly held: HeldHeadgate;
}

export type ImportInput = Parameters<typeof tableImport.run>[1];

const listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };

/** `parts` is evaluated at each call, because it is set up before the tests but after this is created. */
export function importDesk(parts: () => DeskParts) {
  async function put(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(parts().files, path)), { recursive: true });
    await writeFile(join(parts().files, path), content);
  }

  async function putParquet(path: string, query: string): Promise<void> {
    await mkdir(dirname(join(parts().files, path)), { recursive: true });
    await parts().engine.run(`copy (${query}) to ${quoteText(join(parts().files, path))} (format parquet)`);
  }

  const call = (input: Partial<ImportInput> & { table: string }) =>
    parts().held.session.call(tableImport, input as ImportInput, listener);

  async function plan(table: string, folder: string, more: Partial<ImportInput> = {}): Promise<Proposal> {
    const { proposal } = await call({ table, location: join(parts().files, folder), plan: true, ...more });
    if (proposal === null) throw new Error("a proposal was expected");
    return proposal;
  }

  async function approved(table: string, folder: string, more: Partial<ImportInput> = {}): Promise<Imported> {
    const { digest } = await plan(table, folder, more);
    const { imported } = await call({ table, location: join(parts().files, folder), approve: digest, ...more });
    if (imported === null) throw new Error("an import was expected");
    return imported;
  }

  async function again(table: string): Promise<Imported> {
    const { imported } = await call({ table, again: true });
    if (imported === null) throw new Error("an import was expected");
    return imported;
  }

  return { put, putParquet, listener, call, plan, approved, again };
}
