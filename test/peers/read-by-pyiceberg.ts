/** Tables of the lake as PyIceberg reads them from their metadata files, for a comparison with the model of DMS. */
import { formatJson } from "../../src/base/json.ts";
import { must } from "../../src/base/must.ts";
import type { LakeSubject } from "../dms/dms-lake.ts";
import { openMultiset, type Multiset } from "../world/equality.ts";
import { readerScript, runReader, type PeerTable } from "./peer-reader.ts";
import { peers } from "./set-up.ts";

export async function readByPyiceberg(subjects: readonly LakeSubject[]): Promise<readonly Multiset[]> {
  const tables = subjects.map(({ label, metadata, columns, keepsDeleted }): PeerTable => ({
    name: label,
    live: keepsDeleted ? "_deleted_at" : undefined,
    metadata,
    snapshot: null,
    widened: false,
    columns: columns.map(({ name, type }) => [name, type]),
  }));
  const results = await runReader([peers.python, readerScript("pyiceberg_reader.py")], formatJson(tables));
  return subjects.map(({ label, compared }) => {
    const { names, rows: found } = must(
      results.find(({ name }) => name === label),
      `PyIceberg's answer for ${label}`,
    );
    const rows = openMultiset(compared);
    for (const row of found) rows.add(compared.map(({ name }) => row[names.indexOf(name)] ?? null));
    return rows;
  });
}
