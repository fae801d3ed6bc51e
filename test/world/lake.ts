/**
 * Where the lakes of tests are: each in its test's own directory, or below the location that `npm run test:s3` gives, so that
 * the same tests hold on every store.
 */
import { createHash } from "node:crypto";
import { resolveConfig, type Config, type Flags } from "../../src/config.ts";
import type { Context } from "../../src/operations/context.ts";

const elsewhere = process.env["HEADGATE_TEST_LAKE"];

/** False where tests cannot reach into the lake's files by themselves. */
export const isLakeLocal = elsewhere === undefined;

/** Of the Headgate that keeps its data in this directory. */
export function lakeOf(data: string): string {
  if (elsewhere === undefined) return `${data}/lake`;
  return `${elsewhere}/${createHash("sha256").update(data).digest("hex").slice(0, 16)}`;
}

export function testConfig(flags: Flags & { readonly data: string }): Config {
  return resolveConfig({ lake: lakeOf(flags.data), ...flags });
}

/** Every file in the lake, sorted. */
export async function lakeFiles({ objects, config }: Context): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { location } of objects.list(`${config.lakeLocation}/`, { drafts: true })) found.push(location);
  return found.toSorted();
}
