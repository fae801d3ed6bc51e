import { describe, expect, test } from "vitest";
import type { ProgressEvent } from "../../base/progress.ts";
import { displayWidth, escapeControls, truncate } from "./display-text.ts";
import { openProgress } from "./progress.ts";
import type { ResultColumn, ResultValue } from "./result-value.ts";
import { openResultWriter, type ResultFormat } from "./result-writer.ts";
import { printRows } from "./rows.ts";
import type { TextStream } from "./terminal.ts";

interface Collected extends TextStream {
  text: string;
}

function collect(terminal: Partial<TextStream> = {}): Collected {
  const stream: Collected = {
    ...terminal,
    text: "",
    write(text) {
      stream.text += text;
      return true;
    },
  };
  return stream;
}

const columns: readonly ResultColumn[] = [
  { name: "id", type: "BIGINT" },
  { name: "name", type: "VARCHAR" },
  { name: "amount", type: "DECIMAL(12,2)" },
  { name: "placed", type: "TIMESTAMP" },
  { name: "id", type: "VARCHAR[]" },
];
const rows: readonly (readonly ResultValue[])[] = [
  [1, 'Ada, "Countess"', "12.50", "2026-05-01T12:30:05", ["a", null]],
  [9007199254740993n, "山田", "-1200000.00", null, []],
  [3, "", "0.00", "2026-05-01T00:00:00", null],
  [null, "NULL", null, null, ["two\nlines"]],
  [5, "👩‍👩‍👧 \u001b[31m\u202eevil\n", "1.00", null, { key: 1 } as unknown as ResultValue],
];

async function render(format: ResultFormat, terminal: Partial<TextStream> = {}, shownRows = 200): Promise<string> {
  const stream = collect(terminal);
  const writer = openResultWriter({ stream, format, shownRows });
  writer.begin(columns);
  await writer.rows(rows.slice(0, 2));
  await writer.rows(rows.slice(2));
  writer.end({ filesRead: 2, filesSkipped: 14, seconds: 0.25 });
  return stream.text;
}

describe("a result", () => {
  test("as a table in a file: aligned, nothing cut, nothing coloured", async () => {
    expect(await render("table")).toBe(
      [
        "              id  name                                amount  placed               id",
        "          bigint  varchar                      decimal(12,2)  timestamp            varchar[]",
        "────────────────  ───────────────────────────  ─────────────  ───────────────────  ──────────────",
        '               1  Ada, "Countess"                      12.50  2026-05-01 12:30:05  ["a",null]',
        "9007199254740993  山田                           -1200000.00  NULL                 []",
        "               3                                        0.00  2026-05-01 00:00:00  NULL",
        `            NULL  'NULL'                                NULL  NULL                 ["two\\nlines"]`,
        '               5  👩‍👩‍👧 \\u{1b}[31m\\u{202e}evil\\n           1.00  NULL                 {"key":1}',
        "5 rows · 2 files read, 14 skipped · 0.25 s",
        "",
      ].join("\n"),
    );
  });

  test("as a table on a terminal: within its width", async () => {
    const text = await render("table", { isTTY: true, columns: 60 });
    for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(text).toContain("…");
    const narrow = await render("table", { isTTY: true, columns: 24 });
    expect(narrow).toContain("… and 3 columns too wide for this terminal");
    for (const line of narrow.split("\n").slice(0, 8)) expect(displayWidth(line)).toBeLessThanOrEqual(24);
  });

  test("as a table of which only the first rows are shown", async () => {
    expect(await render("table", {}, 3)).toContain("5 rows, the first 3 shown · 2 files read");
  });

  test("as a table in colour where the terminal has it", async () => {
    const text = await render("table", { isTTY: true, columns: 200, hasColors: () => true });
    expect(text).toContain("\u001b[1mname");
    expect(text).toContain("\u001b[2mNULL");
    expect(text).not.toContain("\u001b[31m");
  });

  test("as CSV: null and the empty text apart", async () => {
    expect(await render("csv")).toBe(
      [
        "id,name,amount,placed,id",
        '1,"Ada, ""Countess""",12.50,2026-05-01T12:30:05,"[""a"",null]"',
        "9007199254740993,山田,-1200000.00,,[]",
        '3,"",0.00,2026-05-01T00:00:00,',
        ',NULL,,,"[""two\\nlines""]"',
        '5,"👩‍👩‍👧 \u001b[31m\u202eevil\n",1.00,,"{""key"":1}"',
        "",
      ].join("\r\n"),
    );
  });

  test("as JSON: one document, numbers exact, no column lost", async () => {
    const text = await render("json");
    expect(JSON.parse(text)).toMatchObject({
      columns,
      rows: [
        { id: 1, name: 'Ada, "Countess"', amount: "12.50", placed: "2026-05-01T12:30:05", id_1: ["a", null] },
        {},
        {},
        { id: null, amount: null, id_1: ["two\nlines"] },
        {},
      ],
      summary: { filesRead: 2, filesSkipped: 14, seconds: 0.25 },
    });
    expect(text).toContain('"id":9007199254740993,');
    const lines = (await render("ndjson")).trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(JSON.parse(lines[2] ?? "")).toEqual({
      id: 3,
      name: "",
      amount: "0.00",
      placed: "2026-05-01T00:00:00",
      id_1: null,
    });
  });

  test("of no rows", async () => {
    for (const format of ["table", "json"] as const) {
      const stream = collect();
      const writer = openResultWriter({ stream, format });
      writer.begin(columns.slice(0, 1));
      await writer.rows([]);
      writer.end({});
      if (format === "json")
        expect(JSON.parse(stream.text)).toEqual({ columns: columns.slice(0, 1), rows: [], summary: {} });
      else expect(stream.text).toBe("    id\nbigint\n──────\n0 rows\n");
    }
  });

  test("waits for a slow reader", async () => {
    let drained: () => void = () => {};
    const stream = { write: () => false, once: (_event: "drain", listener: () => void) => (drained = listener) };
    const writer = openResultWriter({ stream, format: "csv" });
    let written = false;
    const writing = writer.rows([[1]]).then(() => (written = true));
    await Promise.resolve();
    expect(written).toBe(false);
    drained();
    await writing;
    expect(written).toBe(true);
  });
});

test("a list of ours: thousands separated, instants short, gaps empty", () => {
  const stream = collect();
  printRows(
    [
      { table: "shop.orders", rows: 1234567, "as of": new Date(Date.UTC(2026, 4, 1, 12, 30, 5, 250)), why: undefined },
      { table: "b", rows: 7n, "as of": "2026-05-01T00:00:00.000Z", why: "new" },
    ],
    stream,
  );
  expect(stream.text).toBe(
    [
      "table             rows  as of                why",
      "───────────  ─────────  ───────────────────  ───",
      "shop.orders  1,234,567  2026-05-01 12:30:05",
      "b                    7  2026-05-01           new",
      "",
    ].join("\n"),
  );
});

describe("a list on a narrow terminal", () => {
  const list = (records: readonly Readonly<Record<string, unknown>>[], isBrief = false): string => {
    const stream = collect({ isTTY: true, columns: 50 });
    printRows(records, stream, { isBrief });
    return stream.text;
  };
  const record = { table: "shop.order_lines", "as of (UTC)": "2026-05-01T12:30:05Z", said: "" };

  test("breaks names of columns between words, and leaves out what is empty", () => {
    expect(list([{ ...record, "rows only in the lake": 7, last: 1 }])).toBe(
      [
        "                                        rows",
        "                                        only",
        "                                          in",
        "                                         the",
        "table             as of (UTC)           lake  last",
        "────────────────  ───────────────────  ─────  ────",
        "shop.order_lines  2026-05-01 12:30:05      7     1",
        "",
      ].join("\n"),
    );
  });

  test("shows names and times whole, and what does not fit below, except for zeros", () => {
    const text = list([{ ...record, failed: 0, strays: 0, why: "changed since the last run", more: 0 }]);
    expect(text).toContain("shop.order_lines  2026-05-01 12:30:05");
    expect(text).toContain("    why changed since the last run\n");
    expect(text).not.toContain("more");
    expect(list([{ ...record, why: "changed since the last run" }], true)).toContain("too wide for this terminal");
  });
});

describe("text on a terminal", () => {
  test.for([
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["山田", 4],
    ["🛒", 2],
    ["👩‍👩‍👧", 2],
    ["ﬀ", 1],
    ["", 0],
  ] as const)("%j takes %i cells", ([text, width]) => {
    expect(displayWidth(text)).toBe(width);
  });

  test("is cut between characters", () => {
    expect(truncate("山田太郎", 6)).toBe("山田…");
    expect(truncate("abc", 3)).toBe("abc");
    expect(truncate("👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
  });

  test("cannot move the cursor or turn the direction", () => {
    expect(escapeControls("a\tb\r\u0000\u009b\u2028\u2066")).toBe("a\\tb\\r\\0\\u{9b}\\u{2028}\\u{2066}");
  });
});

describe("progress", () => {
  const events: readonly ProgressEvent[] = [
    { kind: "note", text: "source shop: 2 tables" },
    { kind: "rows", task: "orders", rows: 500, total: 1000 },
    { kind: "warning", code: "INEXACT", text: "3 zero dates become null" },
    { kind: "rows", task: "orders", rows: 1000, total: 1000 },
    { kind: "done", task: "orders", outcome: "created" },
    { kind: "done", task: "store", outcome: "unchanged", rows: 1 },
  ];

  function play(stream: Collected, quiet = false): string {
    let clock = 0;
    const progress = openProgress({ stream, quiet, now: () => (clock += 1000) });
    for (const event of events) progress.report(event);
    progress.close();
    progress.report({ kind: "note", text: "too late for a terminal" });
    return stream.text;
  }

  test("in a file: one line a step", () => {
    expect(play(collect()).split("\n").slice(0, 4)).toEqual([
      "· source shop: 2 tables",
      "! 3 zero dates become null INEXACT",
      "✓ orders                        created · 1,000 rows · 1.0 s · 1,000 rows/s",
      "✓ store                         unchanged · 1 row",
    ]);
  });

  test("on a terminal: a live block that leaves only finished lines", () => {
    const text = play(collect({ isTTY: true, columns: 80 }));
    expect(text).toContain("⠋ orders  ━━━━━━━━━━──────────   50%  500 rows  500 rows/s\n");
    expect(shown(text)).toEqual([
      "· source shop: 2 tables",
      "! 3 zero dates become null INEXACT",
      "✓ orders                        created · 1,000 rows · 2.0 s · 500 rows/s",
      "✓ store                         unchanged · 1 row",
    ]);
  });

  test("never wider than the terminal, never more than a few lines", () => {
    const stream = collect({ isTTY: true, columns: 40 });
    const progress = openProgress({ stream, quiet: false });
    for (let task = 0; task < 30; task++)
      progress.report({ kind: "rows", task: `a rather long name of a table ${task}`, rows: 123_456_789, total: 2e9 });
    progress.report({ kind: "note", text: "go" });
    const lines = shown(stream.text);
    progress.close();
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(40);
    expect(lines.at(-1)).toBe("  … and 22 more");
    expect(shown(stream.text)).toEqual(["· go"]);
  });

  test("quiet: nothing", () => {
    expect(play(collect({ isTTY: true }), true)).toBe("");
  });

  /**
   * The text on the terminal after the only escape sequence that the progress display uses: move up some lines, erase
   * below.
   */
  function shown(text: string): string[] {
    const lines: string[] = [];
    for (const [index, part] of text.split("\u001b[").entries()) {
      const up = /^(\d+)A$/.exec(part)?.[1];
      if (up !== undefined) lines.splice(lines.length - Number(up));
      else
        lines.push(
          ...part
            .slice(index === 0 ? 0 : "0J".length)
            .split("\n")
            .slice(0, -1),
        );
    }
    return lines;
  }
});
