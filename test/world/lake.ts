/**
 * Where the lakes of tests are: each in its test's own directory, or below the location that `npm run test:s3` gives,
 * so that the same tests run on every store.
 */
import { createHash } from "node:crypto";
import { resolveConfig, type Config, type Flags } from "../../src/config.ts";
import type { Context } from "../../src/operations/context.ts";

const elsewhere = process.env["HEADGATE_TEST_LAKE"];

/** False if tests cannot access the lake's files directly. */
export const isLakeLocal = elsewhere === undefined;

/** The lake of the Headgate whose data is in this directory. */
export function lakeOf(data: string): string {
  if (elsewhere === undefined) return `${data}/lake`;
  return `${elsewhere}/${createHash("sha256").update(data).digest("hex").slice(0, 16)}`;
}

/** The variables of `environment` apply in addition to those of the test's own process. */
export type TestFlags = Flags & { readonly data: string; readonly environment?: NodeJS.ProcessEnv | undefined };

export function testConfig({ environment, ...flags }: TestFlags): Config {
  return resolveConfig({ lake: lakeOf(flags.data), ...flags }, { ...process.env, ...environment });
}

/** Every file in the lake, sorted. */
export async function lakeFiles({ objects, config }: Context): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { location } of objects.list(`${config.lakeLocation}/`, { drafts: true })) found.push(location);
  return found.toSorted();
}
