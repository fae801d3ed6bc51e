/** Finds the steps that make everything as declared. It asks the sources and changes nothing itself. */
import { tableLabel } from "../../catalog/table-name.ts";
import { sourceLabel } from "../../sync/settings/table-pattern.ts";
import type { Context } from "../context.ts";
import { lakeSteps } from "./lake-steps.ts";
import { scheduleSteps } from "./schedule-steps.ts";
import { sourceSteps } from "./source-steps.ts";
import type { Claim, PlanParts, Step } from "./step.ts";
import { tableSteps } from "./table-steps.ts";

/** Throws what a source throws that cannot be reached, and DECLARATION_INVALID if its tables do not allow a setting. */
export async function planDeclaration(given: Omit<PlanParts, "claims">): Promise<readonly Step[]> {
  const { sources } = given.context;
  const parts = { ...given, claims: await claimsSoFar(given.context) };
  const known = new Map((await sources.list()).map((source) => [source.name, source]));
  const steps: Step[] = [...(await lakeSteps(parts))];
  for (const [name, declared] of Object.entries(parts.declaration.sources)) {
    const source = known.get(name);
    steps.push(...(await sourceSteps(parts, { name, declared, known: source })));
    steps.push(...(await tableSteps(parts, { name, declared, known: source })));
  }
  return [...steps, ...(await scheduleSteps(parts, known))];
}

async function claimsSoFar({ db, catalog }: Context): Promise<Map<string, Claim>> {
  const rows = await db
    .selectFrom("positions")
    .innerJoin("sources", "sources.id", "positions.source_id")
    .innerJoin("tables", "tables.id", "positions.table_id")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .select(["sources.name as source", "source_schema", "source_name", "databases.name as database", "tables.name"])
    .where("databases.account_id", "=", catalog.accountId ?? null)
    .execute();
  return new Map(
    rows.map((row) => [
      tableLabel(row),
      { source: row.source, table: sourceLabel({ schema: row.source_schema, name: row.source_name }) },
    ]),
  );
}
