/**
 * DuckDB works on DMS files alone, in two commands as Headgate does: `read` finds by itself how the files are read and
 * reads every value; `told` is told the columns and the marks; `load` is told them too and writes the full load as
 * Parquet, and `merge` then applies the changes to it. Further words: the format, the folder of the files, and a folder
 * to write to. `merge` prints the number of rows that there are afterwards.
 */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { columnTypes } from "./make-files.ts";

const [work = "", format = "", folder = "", scratch = ""] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const written = (name: string): string => join(scratch, `bare-${name}.parquet`);
const loaded = relationOf("LOAD*", { hasOp: false });
const changes = relationOf("2*", { hasOp: true });
if (work === "load") await write(`from ${loaded}`, "rows");
else if (work === "merge") console.log(await merge());
else for (const relation of [loaded, changes]) await ask(`select bit_xor(hash(columns(*))) from ${relation}`);

function relationOf(names: string, { hasOp }: { hasOp: boolean }): string {
  return `read_${format}('${join(folder, names)}'${format === "csv" ? csvOptions(hasOp) : ""})`;
}

function csvOptions(hasOp: boolean): string {
  if (work === "read") return ", header = true";
  const all = Object.entries({ ...(hasOp && { Op: "varchar" }), ...columnTypes });
  const columns = all.map(([name, type]) => `'${name}': '${type}'`).join(", ");
  return `, header = true, auto_detect = false, delim = ',', quote = '"', columns = {${columns}}`;
}

/** The rows that come are written, and the places of those that are replaced or deleted, as a merge on read needs them. */
async function merge(): Promise<number> {
  await ask(
    `create table last as from (select *, row_number() over () as place from ${changes})
       qualify row_number() over (partition by id order by place desc) = 1`,
  );
  await write(`select * exclude (Op, place) from last where Op <> 'D'`, "new");
  const rows = `read_parquet('${written("rows")}', file_row_number = true)`;
  await write(`select file_row_number from ${rows} semi join last using (id) order by all`, "deletes");
  const [before, come, gone] = [await countOf("rows"), await countOf("new"), await countOf("deletes")];
  return before + come - gone;
}

async function write(query: string, name: string): Promise<void> {
  await ask(`copy (${query}) to '${written(name)}' (format parquet, compression zstd, compression_level 1)`);
}

async function countOf(name: string): Promise<number> {
  return Number(await ask(`select count(*) from '${written(name)}'`));
}

async function ask(statement: string): Promise<unknown> {
  return (await connection.runAndReadAll(statement)).getRows()[0]?.[0];
}
