/** The statement that somebody gave: as an argument, in a file, or through a pipe. */
import { text as readAll } from "node:stream/consumers";
import { HeadgateError } from "../errors.ts";
import { readGiven } from "./read-given.ts";

/** From the argument, the file, or a pipe. Throws USAGE if there is none. */
export async function givenStatement(
  statement: string | undefined,
  { file }: { readonly file?: string },
): Promise<string> {
  if (file !== undefined && file !== "-") return readGiven(file, "--file");
  const isPiped = file === "-" || statement === "-" || statement === undefined;
  const text = !isPiped ? statement : process.stdin.isTTY ? "" : await readAll(process.stdin);
  if (text.trim() !== "") return text;
  throw new HeadgateError("USAGE", {
    place: "statement",
    message: "the command has no statement",
    remedy:
      'write a statement, as in `headgate sql "select count(*) from shop.orders"`, pipe one in, or name a file with --file',
  });
}
