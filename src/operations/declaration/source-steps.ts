/** Steps to make a source as declared. */
import { tableLabel } from "../../catalog/table-name.ts";
import { sourceLabel } from "../../sync/settings/table-pattern.ts";
import type { Kysely } from "kysely";
import { using } from "../../base/cleanup.ts";
import { secondsOf } from "../../base/duration.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { lakeName } from "../../sync/run/lake-name.ts";
import { readdressTables } from "../../sync/settings/readdress-source.ts";
import { offeredTables, selectTables } from "../../sync/settings/select-tables.ts";
import type { Source } from "../../sync/source.ts";
import type { RegisteredSource, SourceRegistry } from "../../sync/settings/source-registry.ts";
import { openDeclared } from "./open-declared.ts";
import type { DeclaredSource } from "./declaration.ts";
import { changed, type PlanParts, type SourceParts, type Step } from "./step.ts";

/**
 * Throws what a source throws that cannot be reached, and DECLARATION_INVALID if two of its tables would get the same
 * name.
 */
export async function sourceSteps(parts: PlanParts, { name, declared, known }: SourceParts): Promise<readonly Step[]> {
  const { context, passwords, origin } = parts;
  const { sources } = context;
  const { url, new_tables: newTables, unsigned_bigint: unsignedBigint, unclassified, include, exclude } = declared;
  const freshness = freshnessOf(declared);
  const password = passwords[name];
  const details = await sourceDetails(sources, { declared, known, password });
  if (known !== undefined && details.length === 0) return [];
  const found = await using(openDeclared(parts, { name, declared, known }), async (source) => {
    await claimNames(source, { name, declared }, parts);
    return { identity: await source.identity(), mainSchema: source.mainSchema };
  });
  const { identity, mainSchema } = found;
  const chosen = { newTables, include, exclude, freshness, unsignedBigint, unclassified };
  const setting = { name, url, password, identity, ...chosen, origin };
  const apply = async (transaction: Kysely<Tables>): Promise<void> => {
    const source = await sources.within(transaction).declare(setting);
    if (known !== undefined && known.url !== source.url) await readdressTables(transaction, { source, mainSchema });
  };
  return [{ what: "source", name, change: known === undefined ? "add" : "change", details, apply }];
}

/** Records the lake tables that the source will feed. */
async function claimNames(
  source: Source,
  { name, declared }: { name: string; declared: DeclaredSource },
  { origin, claims }: PlanParts,
): Promise<void> {
  const offered = offeredTables(await source.discover(), declared, []);
  for (const object of selectTables(offered, [])) {
    const lakeTable = tableLabel(lakeName({ name, mainSchema: source.mainSchema }, object.name));
    const claim = { source: name, table: sourceLabel(object.name) };
    const other = claims.get(lakeTable) ?? claim;
    claims.set(lakeTable, claim);
    if (other.source === claim.source && other.table === claim.table) continue;
    const message = `${other.table} of ${other.source} and ${claim.table} would both be ${lakeTable} in the lake; exclude one of them`;
    throw new HeadgateError("DECLARATION_INVALID", { place: `${origin}: sources.${name}`, message });
  }
}

async function sourceDetails(
  sources: SourceRegistry,
  {
    declared,
    known,
    password,
  }: { declared: DeclaredSource; known: RegisteredSource | undefined; password: string | undefined },
): Promise<readonly string[]> {
  if (known === undefined) return [declared.url];
  const isNewPassword = password !== undefined && !(await sources.hasPassword(known.name, password));
  return [
    ...changed("url", known.url, sources.addressOf(declared.url)),
    ...changed("new tables", known.newTables, declared.new_tables),
    ...changed("include", known.include.join(" "), declared.include.join(" ")),
    ...changed("exclude", known.exclude.join(" "), declared.exclude.join(" ")),
    ...changed("freshness", String(known.freshness ?? ""), String(freshnessOf(declared) ?? "")),
    ...changed("unclassified", known.unclassified, declared.unclassified),
    ...changed("unsigned bigint", known.unsignedBigint, declared.unsigned_bigint),
    ...(known.origin === undefined ? ["declared from now on"] : []),
    ...(isNewPassword ? ["password"] : []),
  ];
}

function freshnessOf({ freshness }: DeclaredSource): number | undefined {
  return freshness === undefined ? undefined : secondsOf(freshness);
}
