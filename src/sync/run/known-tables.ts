/** Finds what is stored about the tables of a source, for the connector that describes them again. */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { settingsOfSource } from "../settings/table-settings.ts";
import type { KnownTables, TableName } from "../source.ts";
import { shapeIncarnation } from "./table-shape.ts";

export async function knownTables(db: Kysely<Tables>, sourceId: string): Promise<KnownTables> {
  const settings = await settingsOfSource(db, sourceId);
  const positions = await db
    .selectFrom("positions")
    .select(["source_schema", "source_name", "position", "shape"])
    .where("source_id", "=", sourceId)
    .execute();
  const readings = new Map(settings.map(({ table, settings: { reading } }) => [keyOf(table), reading]));
  const standings = new Map(
    positions.map((row) => [keyOf({ schema: row.source_schema, name: row.source_name }), row] as const),
  );
  return (name) => {
    const [reading, standing] = [readings.get(keyOf(name)), standings.get(keyOf(name))];
    if (reading === undefined && standing === undefined) return undefined;
    const incarnation = standing && shapeIncarnation(standing.shape);
    return { reading, incarnation, position: standing?.position };
  };
}

function keyOf({ schema, name }: TableName): string {
  return JSON.stringify([schema, name]);
}
