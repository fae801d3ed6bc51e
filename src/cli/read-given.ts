/** Reads a text file that was named on the command line. Throws USAGE if it cannot be read. */
import { codeOf, messageOf } from "../base/thrown.ts";
import { readFile } from "node:fs/promises";
import { HeadgateError } from "../errors.ts";

export async function readGiven(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const [code, message] = [codeOf(cause), messageOf(cause)];
    const said = code === "ENOENT" ? "there is no such file" : `this file cannot be read: ${message}`;
    throw new HeadgateError("USAGE", { place: `${option} ${path}`, message: said, remedy: "check the path", cause });
  }
}
