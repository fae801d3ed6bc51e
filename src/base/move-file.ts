import { codeOf } from "./thrown.ts";
import { copyFile, rename, rm } from "node:fs/promises";

/** Moves a file, even to another disk. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (failure) {
    if (codeOf(failure) !== "EXDEV") throw failure;
    await copyFile(from, to);
    await rm(from, { force: true });
  }
}
