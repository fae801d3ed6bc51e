/**
 * Builds the console's pages into .cache/console when their sources have changed since the last time, with one line
 * that says so; prints nothing otherwise. The launcher runs it before `headgate up`, and the package's build always.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const built = join(root, ".cache/console");
/** The pages use the API client, which needs a few files more. */
const parts = ["web", "src/client", "src/base"];

/** Whether something was built. */
export async function buildConsole(): Promise<boolean> {
  const digest = digestOfSources();
  if (isBuilt(digest)) return false;
  process.stderr.write("headgate: building the console (its sources changed; some seconds)\n");
  const { build } = await import("vite");
  const draft = `${built}.${process.pid}`;
  await build({ configFile: join(root, "web/vite.config.ts"), build: { outDir: draft } });
  writeFileSync(join(draft, "digest"), digest);
  return putInPlace(draft, digest);
}

/** False if another process has built the same meanwhile. */
function putInPlace(draft: string, digest: string): boolean {
  try {
    if (!isBuilt(digest)) rmSync(built, { recursive: true, force: true });
    renameSync(draft, built);
    return true;
  } catch (failure) {
    rmSync(draft, { recursive: true, force: true });
    if (isBuilt(digest)) return false;
    throw failure;
  }
}

function isBuilt(digest: string): boolean {
  const stamp = join(built, "digest");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  const files = parts.flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const codes = readdirSync(join(root, "src")).filter((name) => name.endsWith(".ts"));
  const all = [...files, ...codes.map((name) => join(root, "src", name)), join(root, "package-lock.json")];
  for (const file of all.sort()) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

if (process.argv[1] === import.meta.filename) await buildConsole();
