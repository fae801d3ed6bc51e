/**
 * The scratch directory, emptied at every start.
 * Invariant: only what Headgate made is deleted. If the setting points to a directory that holds other things, it is
 * left alone.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";

/** Marker file that says which data directory the scratch directory belongs to. */
const markName = ".headgate-scratch";

/** Throws SETTING_INVALID if the directory holds other things or belongs to another data directory. */
export async function prepareScratch({ scratchDirectory, dataDirectory }: Config): Promise<void> {
  await mkdir(scratchDirectory, { recursive: true });
  const names = await readdir(scratchDirectory);
  const isOwn = scratchDirectory.startsWith(`${dataDirectory}/`);
  if (!isOwn && names.length > 0) await checkMark({ scratchDirectory, dataDirectory });
  for (const name of names)
    if (name !== markName) await rm(join(scratchDirectory, name), { recursive: true, force: true });
  await writeFile(join(scratchDirectory, markName), `${dataDirectory}\n`);
}

async function checkMark({ scratchDirectory, dataDirectory }: Pick<Config, "scratchDirectory" | "dataDirectory">) {
  const mark = await readFile(join(scratchDirectory, markName), "utf8").catch(() => undefined);
  if (mark?.trimEnd() === dataDirectory) return;
  const message =
    mark === undefined
      ? "the directory has files that Headgate did not make, and a scratch directory is emptied at every start"
      : `this is already the scratch directory of ${mark.trimEnd()}`;
  throw new HeadgateError("SETTING_INVALID", {
    place: `HEADGATE_SCRATCH (${scratchDirectory})`,
    message,
    remedy: "name a directory that is empty or does not exist yet",
  });
}
