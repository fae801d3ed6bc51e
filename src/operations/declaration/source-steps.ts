/** What has to change for a source to be as declared. */
import type { Kysely } from "kysely";
import { secondsOf } from "../../base/duration.ts";
import type { Tables } from "../../db/tables.ts";
import type { RegisteredSource, SourceRegistry } from "../../sync/source-registry.ts";
import type { DeclaredSource } from "./declaration.ts";
import { changed, type PlanParts, type SourceParts, type Step } from "./step.ts";

export async function sourceSteps(
  { context: { sources }, passwords, origin }: PlanParts,
  { name, declared, known }: SourceParts,
): Promise<readonly Step[]> {
  const { url, new_tables: newTables, include, exclude } = declared;
  const freshness = freshnessOf(declared);
  const password = passwords[name];
  const details = await sourceDetails(sources, { declared, known, password });
  if (known !== undefined && details.length === 0) return [];
  const apply = (transaction: Kysely<Tables>) =>
    sources.within(transaction).declare({ name, url, password, newTables, include, exclude, freshness, origin });
  return [{ what: "source", name, change: known === undefined ? "add" : "change", details, apply }];
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
    ...changed("url", known.url, new URL(declared.url).href),
    ...changed("new tables", known.newTables, declared.new_tables),
    ...changed("include", known.include.join(" "), declared.include.join(" ")),
    ...changed("exclude", known.exclude.join(" "), declared.exclude.join(" ")),
    ...changed("freshness", String(known.freshness ?? ""), String(freshnessOf(declared) ?? "")),
    ...(known.origin === undefined ? ["declared from now on"] : []),
    ...(isNewPassword ? ["password"] : []),
  ];
}

function freshnessOf({ freshness }: DeclaredSource): number | undefined {
  return freshness === undefined ? undefined : secondsOf(freshness);
}
