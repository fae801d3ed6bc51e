/** All rows of a statement as a file: the server runs it again under the same rights, and without the limit of what is shown. */
import type { QueryDownloadInput } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import type { Outcome } from "./run-statement.ts";

export interface FileKind extends Pick<QueryDownloadInput, "format" | "asStored"> {
  readonly name: string;
  readonly hint?: string;
  readonly ending: string;
  readonly type: string;
}

export const fileKinds: readonly FileKind[] = [
  { name: "CSV", hint: "For spreadsheets: no text runs as a formula", format: "csv", ending: "csv", type: "text/csv" },
  { name: "CSV as stored", hint: "For programs", format: "csv", asStored: true, ending: "csv", type: "text/csv" },
  {
    name: "Excel",
    format: "xlsx",
    ending: "xlsx",
    type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  },
  { name: "Parquet", format: "parquet", ending: "parquet", type: "application/vnd.apache.parquet" },
  { name: "JSON lines", format: "json", ending: "jsonl", type: "application/x-ndjson" },
];

interface Downloading extends Pick<Outcome, "text" | "asOf"> {
  readonly kind: FileKind;
  readonly title: string;
  readonly signal: AbortSignal;
}

export async function download({ text, asOf, kind, title, signal }: Downloading): Promise<void> {
  const { format, asStored = false, type, ending } = kind;
  const parts: BlobPart[] = [];
  await api.queryDownload(
    { sql: text, format, asStored, ...(asOf === undefined ? {} : { asOf }) },
    {
      signal,
      onItem: (item) => void parts.push("text" in item ? item.text : bytesOf(item.base64)),
    },
  );
  save(new Blob(parts, { type }), `${fileName(title)}.${ending}`);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Nothing that a file system takes for something else. */
function fileName(title: string): string {
  const words = title.replaceAll(/[^\p{L}\p{N} _.-]/gu, "").trim();
  return words === "" || words.startsWith(".") ? "result" : words.slice(0, 80);
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
