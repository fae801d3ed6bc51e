/**
 * Rows as a workbook of Excel (Office Open XML) with one sheet, written piece by piece: only a chunk of it is ever in
 * memory. Texts are typed as texts, so none of them is ever run as a formula. A number with more digits than a spreadsheet
 * keeps is a text, so that no digit is lost.
 */
import { Zip, ZipDeflate } from "fflate";
import { formatJson } from "../../base/json.ts";
import type { EngineColumn, EngineValue } from "../../engine/engine-protocol.ts";
import { HeadgateError } from "../../errors.ts";
import { isNumberType } from "./number-type.ts";

export interface Workbook {
  /** Returns the bytes that are ready. Throws RESULT_TOO_LARGE. */
  add(rows: readonly (readonly EngineValue[])[]): Uint8Array;
  end(): Uint8Array;
}

/** Rows of a sheet, with its head. */
const mostRows = 1_048_576;
const mostColumns = 16_384;
/** Characters of a cell. */
const mostCharacters = 32_767;
/** Bytes of a file in an archive without the extension for large ones. */
const mostBytes = 4_000_000_000;

/** Fewer rows than a sheet has are for tests. */
export function openWorkbook(columns: readonly EngineColumn[], most = mostRows): Workbook {
  if (columns.length > mostColumns) throw tooLarge(`a sheet has at most ${mostColumns} columns`);
  const ready: Uint8Array[] = [];
  const zip = new Zip((failure, bytes) => {
    if (failure !== null) throw failure;
    ready.push(bytes);
  });
  for (const [name, text] of Object.entries(parts)) deflated(zip, name).push(Buffer.from(text), true);
  const sheet = deflated(zip, "xl/worksheets/sheet1.xml");
  const size = { rows: 0, bytes: 0 };
  const take = (): Uint8Array => Buffer.concat(ready.splice(0));
  const push = (text: string, isLast = false): void => {
    const bytes = Buffer.from(text);
    size.bytes += bytes.length;
    if (size.bytes > mostBytes) throw tooLarge("a sheet has at most 4 GB of text");
    sheet.push(bytes, isLast);
  };
  const kinds = columns.map(({ type }) => kindOf(type));
  const rowOf = (cells: readonly EngineValue[], kindAt: readonly CellKind[]): string => {
    if (++size.rows > most) throw tooLarge(`a sheet has at most ${most - 1} rows`);
    return `<row>${cells.map((value, place) => cell(value, kindAt[place] ?? "text")).join("")}</row>`;
  };
  const head = columns.map(({ name }) => name);
  push(sheetBegin + rowOf(head, []));
  return {
    add(rows) {
      push(rows.map((row) => rowOf(row, kinds)).join(""));
      return take();
    },
    end() {
      push(sheetEnd, true);
      zip.end();
      return take();
    },
  };
}

function deflated(zip: Zip, name: string): ZipDeflate {
  const file = new ZipDeflate(name, { level: 3 });
  zip.add(file);
  return file;
}

type CellKind = "number" | "boolean" | "date" | "timestamp" | "text";

function kindOf(type: string): CellKind {
  if (isNumberType(type)) return "number";
  if (type === "BOOLEAN") return "boolean";
  if (type === "DATE") return "date";
  return /^TIMESTAMP(_S|_MS|_NS)?$/.test(type) ? "timestamp" : "text";
}

function cell(value: EngineValue, kind: CellKind): string {
  if (value === null) return "<c/>";
  const text = typeof value === "string" ? value : formatJson(value);
  if (kind === "number" && isKept(text)) return `<c><v>${text}</v></c>`;
  if (kind === "boolean") return `<c t="b"><v>${value === true ? 1 : 0}</v></c>`;
  if (kind === "date" || kind === "timestamp") {
    const day = dayOf(text);
    if (day !== undefined) return `<c s="${kind === "date" ? 1 : 2}"><v>${day}</v></c>`;
  }
  if (text.length > mostCharacters) throw tooLarge(`a cell holds at most ${mostCharacters} characters`);
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

/** Spreadsheets keep 15 digits. */
function isKept(text: string): boolean {
  if (!/^-?[\d.]+(e[+-]?\d+)?$/i.test(text)) return false;
  return text.replace(/e.*$/i, "").replaceAll(/^-?0*\.?0*|\./g, "").length <= 15 || /e/i.test(text);
}

/** Days since 1899-12-30, as spreadsheets count. Undefined for what they count otherwise, or not at all. */
function dayOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?)?$/.test(text) || text < "1900-03-01") return undefined;
  const instant = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
  return Number.isNaN(instant) ? undefined : instant / 86_400_000 + 25_569;
}

/** XML cannot hold every character; spreadsheets write the others so, and an underscore that would look like that, too. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(unwritable, (found) => `_x${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0").toUpperCase()}_`);
}

// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const unwritable = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g;

function tooLarge(message: string): HeadgateError {
  return new HeadgateError("RESULT_TOO_LARGE", { message });
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml";

const sheetBegin = `${xml}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
const sheetEnd = "</sheetData></worksheet>";

/** Everything of the archive but the sheet. Style 1 is a date, style 2 a time of a day. */
const parts: Readonly<Record<string, string>> = {
  "[Content_Types].xml": `${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${sheetType}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${sheetType}.styles+xml"/></Types>`,
  "_rels/.rels": `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  "xl/workbook.xml": `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Result" sheetId="1" r:id="r1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  "xl/styles.xml": `${xml}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`,
};
