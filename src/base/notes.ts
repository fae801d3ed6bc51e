/**
 * Small texts that a process has found out and could find out again, kept in a directory so that the next process need
 * not. It is no store: a note may be absent at any time.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./thrown.ts";

export interface Notes {
  /** Undefined if there is none. */
  read(about: string): Promise<string | undefined>;
  write(about: string, text: string): Promise<void>;
}

export function directoryNotes(directory: string): Notes {
  const pathOf = (about: string): string =>
    join(directory, createHash("sha256").update(about).digest("hex").slice(0, 32));
  return {
    async read(about) {
      try {
        return await readFile(pathOf(about), "utf8");
      } catch (failure) {
        if (codeOf(failure) === "ENOENT") return undefined;
        throw failure;
      }
    },
    async write(about, text) {
      await mkdir(directory, { recursive: true });
      const draft = join(directory, `${randomBytes(8).toString("hex")}.draft`);
      await writeFile(draft, text, { mode: 0o600 });
      await rename(draft, pathOf(about));
    },
  };
}
