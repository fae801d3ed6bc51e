/** The tables that a source offers, under the names that they have or will have in the lake. */
import { tableLabel } from "../catalog/table-name.ts";
import { lakeName } from "../sync/run/lake-name.ts";
import { isOffered } from "../sync/settings/select-tables.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import type { Source } from "../sync/source.ts";
import type { FedTable } from "./fed-table.ts";

export async function tablesToFeed(opened: Source, source: RegisteredSource): Promise<readonly FedTable[]> {
  const objects = (await opened.discover()).filter((object) => isOffered(object.name, source));
  return objects
    .filter(({ kind }) => kind === "table" || kind === "partitioned table")
    .map(({ name }) => {
      const inLake = lakeName({ name: source.name, mainSchema: opened.mainSchema }, name);
      return { label: tableLabel(inLake), source, name };
    });
}
