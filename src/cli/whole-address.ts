/**
 * The address of a source as it was typed. A path of a directory becomes absolute here, because the process that opens
 * the directory may have been started elsewhere.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";

export async function wholeAddress(text: string): Promise<string> {
  if (URL.canParse(text)) return text;
  const path = resolve(text);
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true || /^\.{0,2}\//.test(text) ? path : text;
}
