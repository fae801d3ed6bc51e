/**
 * CSV files as people have them, each with one row x and 1 in the columns h1 and h2; and what to check in a proposal.
 */
import { gzipSync } from "node:zlib";
import { HeadgateError } from "../../src/errors.ts";
import type { Proposal } from "../../src/ingest/import/proposal.ts";

interface CsvCase {
  readonly name: string;
  readonly content: string | Buffer;
  readonly csv?: { readonly delimiter?: string; readonly skipLines?: number; readonly comment?: string };
}

export const csvAsFound: readonly CsvCase[] = [
  { name: "comment", content: "# head\nh1,h2\nx,1\n" },
  { name: "comments", content: "# made by, a program\n#\n# on Monday\nh1,h2\nx,1\n" },
  { name: "excel", content: "sep=;\r\nh1;h2\r\nx;1\r\n" },
  { name: "title", content: "Report of May\n\nh1,h2\nx,1\n" },
  { name: "empty-lines", content: "\n \nh1,h2\nx,1\n" },
  { name: "returns", content: "h1,h2\rx,1\r" },
  { name: "utf16", content: Buffer.from("\ufeffh1,h2\nx,1\n", "utf16le") },
  { name: "packed", content: gzipSync("h1,h2\nx,1\n") },
  { name: "odd", content: "h1%%h2\nx%%1\n", csv: { delimiter: "%%" } },
  { name: "skipped", content: "h0,h2\ny,2\nh1,h2\nx,1\n", csv: { skipLines: 2 } },
  { name: "remarks", content: "h1,h2\n! no row\nx,1\n", csv: { comment: "!" } },
];

export const typesOf = ({ columns }: Proposal): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]));
export const notesOf = ({ columns }: Proposal, name: string): string =>
  columns.find((column) => column.name === name)?.notes.join("; ") ?? "";

export async function refused(work: Promise<unknown>): Promise<Pick<HeadgateError, "code" | "place" | "message">> {
  const failure = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof HeadgateError)) throw new Error("a refusal was expected", { cause: failure });
  const { code, place, message } = failure;
  return { code, place, message };
}
