/**
 * Steps to move the lake to its declared location. First tries the store by writing, reading and deleting an object.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { formatJson } from "../../base/json.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { withLake, type Config, type LakeFlags } from "../../config.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { declaredLake } from "../declared-lake.ts";
import { openObjectStore } from "../open-object-store.ts";
import type { Declaration } from "./declaration.ts";
import { changed, type PlanParts, type Step } from "./step.ts";

/** Throws DECLARATION_INVALID, and what the store throws if it cannot be reached or written. */
export async function lakeSteps({ context, declaration, origin }: PlanParts): Promise<readonly Step[]> {
  const { lake } = declaration;
  if (lake === undefined) return [];
  const before = await declaredLake(context.db);
  const wanted = flagsOf(lake);
  const details = (["lake", "s3Endpoint", "s3Region", "s3PathStyle", "s3Encryption"] as const).flatMap((name) =>
    changed(words[name], before[name] ?? "", wanted[name] ?? ""),
  );
  if (details.length === 0) return [];
  const moved = configOf(context.config, { wanted, origin });
  await checkApart(context, { location: moved.lakeLocation, origin });
  await tryStore(moved);
  const change = before.lake === undefined ? "add" : "change";
  const apply = (transaction: Kysely<Tables>) => store(transaction, wanted);
  return [{ what: "lake", name: lake.location, change, details: [...details, "from the next start on"], apply }];
}

const words = {
  lake: "location",
  s3Endpoint: "endpoint",
  s3Region: "region",
  s3PathStyle: "path style",
  s3Encryption: "encryption",
} as const satisfies Record<keyof LakeFlags, string>;

function flagsOf({
  location,
  endpoint,
  region,
  path_style: pathStyle,
  encryption,
}: NonNullable<Declaration["lake"]>): LakeFlags {
  return {
    lake: location,
    ...(endpoint === undefined ? {} : { s3Endpoint: endpoint }),
    ...(region === undefined ? {} : { s3Region: region }),
    ...(pathStyle === undefined ? {} : { s3PathStyle: pathStyle ? "yes" : "no" }),
    ...(encryption === undefined ? {} : { s3Encryption: encryption }),
  };
}

/** The configuration that the next start will have, except for flags given then. */
function configOf(config: Config, { wanted, origin }: { wanted: LakeFlags; origin: string }): Config {
  try {
    return withLake({ ...config, lakeGiven: {} }, wanted);
  } catch (failure) {
    const { message } = failure as HeadgateError;
    throw new HeadgateError("DECLARATION_INVALID", { place: `${origin}: lake`, message, cause: failure });
  }
}

/** The files of an account with a lake of its own lie nowhere else, and no others with them. */
async function checkApart(
  { silos }: Pick<PlanParts["context"], "silos">,
  { location, origin }: { location: string; origin: string },
): Promise<void> {
  const touches = (root: string): boolean =>
    `${location}/`.startsWith(`${root}/`) || `${root}/`.startsWith(`${location}/`);
  if (!(await silos.roots()).some(touches)) return;
  const message = `${location} lies in the lake of an account, or around it`;
  throw new HeadgateError("DECLARATION_INVALID", { place: `${origin}: lake`, message });
}

/** Uses a cache of its own, because the one in the data directory is in use. */
async function tryStore(config: Config): Promise<void> {
  const dataDirectory = join(config.scratchDirectory, uuidv7());
  const objects = await openObjectStore({ ...config, dataDirectory });
  const location = `${config.lakeLocation}/${uuidv7()}/written-to-see-whether-it-can-be`;
  await objects.put(location, Buffer.from("headgate"));
  await objects.get(location);
  await objects.delete([location]);
  await rm(dataDirectory, { recursive: true, force: true });
}

async function store(transaction: Kysely<Tables>, wanted: LakeFlags): Promise<void> {
  const settings = formatJson(wanted);
  await transaction
    .insertInto("declared_lake")
    .values({ settings })
    .onConflict((conflict) => conflict.column("is_only").doUpdateSet({ settings }))
    .execute();
}
