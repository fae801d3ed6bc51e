/** Splits the beginning of a CSV text into records. It is used to look at files, not to read rows, which the engine does. */

export interface CsvMarks {
  readonly delimiter: string;
  /** Empty if values are never in quotes. */
  readonly quote: string;
}

/** The complete records of a text, at most `most`. A record that the text cuts off is left out. */
export function csvRecords(
  text: string,
  { delimiter, quote }: CsvMarks,
  most = Infinity,
): readonly (readonly string[])[] {
  const records: string[][] = [];
  let fields: string[] = [];
  for (let at = 0; at < text.length && records.length < most;) {
    const field = fieldAt(text, at, { delimiter, quote });
    if (field === undefined) break;
    fields.push(field.value);
    at = field.end;
    if (text.startsWith(delimiter, at)) at += delimiter.length;
    else {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      records.push(fields);
      fields = [];
    }
  }
  return records;
}

/** How the first record of the text ends. */
export function lineEndOf(text: string, marks: CsvMarks): "\n" | "\r\n" {
  for (let at = 0; at < text.length;) {
    const field = fieldAt(text, at, marks);
    if (field === undefined) break;
    if (!text.startsWith(marks.delimiter, field.end)) return text.startsWith("\r\n", field.end) ? "\r\n" : "\n";
    at = field.end + marks.delimiter.length;
  }
  return "\n";
}

interface Field {
  readonly value: string;
  /** Index of the delimiter or of the line's end. */
  readonly end: number;
}

/** Undefined if the text ends within the field. */
function fieldAt(text: string, at: number, marks: CsvMarks): Field | undefined {
  const { delimiter, quote } = marks;
  if (quote !== "" && text.startsWith(quote, at)) return quotedAt(text, at + 1, quote);
  const next = text.indexOf(delimiter, at);
  const line = lineFeedAt(text, { from: at, to: next });
  if (next !== -1 && line === -1) return { value: text.slice(at, next), end: next };
  if (line === -1) return undefined;
  const end = text[line - 1] === "\r" && line > at ? line - 1 : line;
  return { value: text.slice(at, end), end };
}

/** The first line feed before `to`, or before the end if there is no such place. */
function lineFeedAt(text: string, { from, to }: { from: number; to: number }): number {
  if (to === -1) return text.indexOf("\n", from);
  for (let at = from; at <= to; at++) if (text[at] === "\n") return at;
  return -1;
}

function quotedAt(text: string, from: number, quote: string): Field | undefined {
  let value = "";
  for (let at = from; ;) {
    const mark = text.indexOf(quote, at);
    if (mark === -1 || mark + 1 >= text.length) return undefined;
    value += text.slice(at, mark);
    if (text[mark + 1] !== quote) return { value, end: mark + 1 };
    value += quote;
    at = mark + 2;
  }
}
