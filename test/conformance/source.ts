/**
 * Tests that every connector must pass against a real server: they check the contract in src/sync/source.ts. A
 * connector's own tests cover what only its database has (types, settings, rights).
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HeadgateError } from "../../src/errors.ts";
import type { Connector, Cut, DigestHash, Position, Source, SourceTable } from "../../src/sync/source.ts";
import { collectingSink, type Row } from "./collecting-sink.ts";
import { describeTable as describeIn } from "./describe-table.ts";

export interface SourceFixture extends AsyncDisposable {
  readonly connector: Connector;
  /** Address of an empty database in which the user may create tables. */
  readonly url: URL;
  readonly password: string | undefined;
  /** The schema of unqualified names. */
  readonly schema: string;
  /** Quotes an identifier. */
  quote(name: string): string;
  execute(statement: string): Promise<void>;
  /** Stops the server and starts it again on the same data, possibly at another address. */
  restart(): Promise<void>;
}

const oddNames = [
  "customer",
  "customer_address",
  "Customer",
  "order",
  "with space",
  "with.dot",
  "naïve ☕",
  'quo"te',
  "back`tick",
];

/** The digest by the rules of `RangeDigest` (src/sync/source.ts), for rows written by those rules. */
const byRange = (left: { range: bigint }, right: { range: bigint }): number => Number(left.range - right.range);

function digestOf(algorithm: DigestHash, lines: readonly string[]): { rows: number; sum: bigint } {
  const hash = (line: string): bigint => BigInt(`0x${createHash(algorithm).update(line).digest("hex").slice(0, 15)}`);
  return { rows: lines.length, sum: lines.map(hash).reduce((sum, value) => sum + value, 0n) };
}

export function sourceConformance(open: () => Promise<SourceFixture>): void {
  describe("source contract", () => {
    let fixture: SourceFixture;
    let source: Source;

    beforeAll(async () => {
      fixture = await open();
      const { execute, quote } = fixture;
      for (const name of oddNames) await execute(`create table ${quote(name)} (id int primary key, label varchar(40))`);
      for (const name of oddNames) await execute(`insert into ${quote(name)} values (1, 'one'), (2, null), (3, '')`);
      await execute("create table keyless (label varchar(40), n int)");
      await execute("insert into keyless values ('a', 1), ('a', 1), ('a', 1), (null, null), ('', 0)");
      await execute("create table uniquely (n int, code varchar(20) not null unique)");
      await execute("create table written (id int primary key)");
      await execute("create table nothing (id int primary key)");
      await execute("create view glance as select id, label from customer");
      await execute("create table many (id int primary key, filler varchar(200) not null)");
      for (let start = 0; start < 20_000; start += 5_000) {
        const values = Array.from(
          { length: 5_000 },
          (_, index) => `(${start + index}, '${"x".repeat((start + index) % 150)}')`,
        );
        await execute(`insert into many values ${values.join(", ")}`);
      }
      source = await fixture.connector.open({ url: fixture.url, password: fixture.password });
    });

    afterAll(async () => {
      await source?.[Symbol.asyncDispose]();
      await fixture?.[Symbol.asyncDispose]();
    });

    const describeTable = (name: string): Promise<SourceTable> => describeIn(source, { schema: fixture.schema, name });
    const readAll = async (cut: Cut, table: SourceTable, bytes = Number.MAX_SAFE_INTEGER): Promise<readonly Row[]> => {
      const rows: Row[] = [];
      for (const range of await cut.split(table, bytes)) {
        const sink = collectingSink(table);
        await cut.read(table, range, sink, new AbortController().signal);
        rows.push(...sink.rows());
      }
      return rows;
    };
    const inCut = async <T>(work: (cut: Cut) => Promise<T>, readers = 2): Promise<T> => {
      const cut = await source.openCut({ readers });
      try {
        return await work(cut);
      } finally {
        await cut[Symbol.asyncDispose]();
      }
    };

    test("discovery finds every object, exactly as it is named and as what it is", async () => {
      const objects = await source.discover();
      const names = objects.filter(({ name }) => name.schema === fixture.schema);
      for (const name of oddNames) expect(names.find((object) => object.name.name === name)?.kind, name).toBe("table");
      expect(names.find(({ name }) => name.name === "glance")?.kind).toBe("view");
    });

    test("description gives columns in order and the key, or none", async () => {
      expect((await describeTable("customer")).key).toEqual(["id"]);
      expect((await describeTable("customer")).columns.map(({ name }) => name)).toEqual(["id", "label"]);
      expect((await describeTable("keyless")).key).toBeUndefined();
      expect((await describeTable("uniquely")).key).toEqual(["code"]);
    });

    test("an unknown table is described by what is wrong with it, in its place among the others", async () => {
      const names = ["customer", "no such table", "keyless"].map((name) => ({ schema: fixture.schema, name }));
      const described = await source.describe(names);
      expect(described.map(({ name }) => name)).toEqual(names);
      expect(described.map((table) => ("obstacle" in table ? table.obstacle.code : "described"))).toEqual([
        "described",
        "SOURCE_TABLE_NOT_FOUND",
        "described",
      ]);
    });

    test.each(oddNames)("%s is read whole, null and '' kept apart", async (name) => {
      const rows = await inCut(async (cut) => readAll(cut, await describeTable(name)));
      expect(sorted(rows)).toEqual(
        sorted([
          ["1", "one"],
          ["2", null],
          ["3", ""],
        ]),
      );
    });

    test("a keyless table keeps its duplicates", async () => {
      const rows = await inCut(async (cut) => readAll(cut, await describeTable("keyless")));
      expect(sorted(rows)).toEqual(
        sorted([
          ["a", "1"],
          ["a", "1"],
          ["a", "1"],
          [null, null],
          ["", "0"],
        ]),
      );
    });

    test("an empty table has no rows and at least one split", async () => {
      expect(await inCut(async (cut) => readAll(cut, await describeTable("nothing"), 1))).toEqual([]);
    });

    test("splits hold each row exactly once, and there are several", async () => {
      const table = await describeTable("many");
      const { rows, splits } = await inCut(async (cut) => ({
        rows: await readAll(cut, table, 64 * 1024),
        splits: await cut.split(table, 64 * 1024),
      }));
      expect(splits.length).toBeGreaterThan(3);
      expect(rows.length).toBe(20_000);
      expect(new Set(rows.map(([id]) => id)).size).toBe(20_000);
    });

    test("a cut does not see what is written after it was opened, on any reader", async () => {
      const tables = [await describeTable("customer"), await describeTable("keyless")] as const;
      const before = await inCut(async (cut) =>
        Promise.all(tables.map(async (table) => sorted(await readAll(cut, table)))),
      );
      const during = await inCut(async (cut) => {
        await fixture.execute("insert into customer values (77, 'late')");
        await fixture.execute("delete from keyless where label = 'a'");
        const results: (readonly Row[])[] = [];
        for (const table of tables) results.push(sorted(await readAll(cut, table)));
        return results;
      });
      expect(during).toEqual(before);
      expect(await inCut(async (cut) => (await readAll(cut, tables[0])).length)).toBe(4);
    });

    test("`unchanged` is never true for a table that changed, also when its row count did not", async () => {
      const table = await describeTable("many");
      const since = await inCut(async (cut) => cut.position);
      for (const change of [
        "update many set filler = 'changed' where id = 5",
        "delete from many where id = 6",
        "insert into many values (6, 'again')",
      ]) {
        await fixture.execute(change);
        expect(await inCut((cut) => cut.unchanged(table, undefined, since, 20_000)), change).toBe(false);
      }
    });

    test("`unchanged` is true when nothing was written since", async () => {
      const table = await describeTable("many");
      const since = await inCut(async (cut) => cut.position);
      expect(await inCut((cut) => cut.unchanged(table, undefined, since, 20_000))).toBe(true);
    });

    test("a fingerprint, where there is one, tells any change and nothing else", async () => {
      const { execute, quote } = fixture;
      await execute(`create table ${quote("prints")} (a varchar(40), b varchar(40), f float)`);
      await execute("create view print_view as select a, b, f from prints");
      const name = quote("prints");
      const contents = [
        "('a', 'bc', 0.1)",
        "('ab', 'c', 0.1)",
        "('', 'c', 0.1)",
        "(null, 'c', 0.1)",
        "(null, 'c', 0.1), (null, 'c', 0.1)",
        "(null, 'c', 0.1), (null, 'c', 0.1), (null, 'c', 0.1)",
        "(null, 'c', 0.1), (null, 'c', 0.10000001), (null, 'c', 0.1)",
      ];
      const candidates = await Promise.all(["prints", "print_view"].map(describeTable));
      const printed = await inCut(async (cut) => {
        for (const candidate of candidates) if ((await cut.fingerprint(candidate)) !== undefined) return candidate;
        return undefined;
      });
      const table = printed ?? expect.fail("neither a table nor a view has a fingerprint");
      const prints: (string | undefined)[] = [];
      for (const rows of contents) {
        await execute(`delete from ${name}`);
        await execute(`insert into ${name} values ${rows}`);
        const before = await inCut((cut) => cut.fingerprint(table));
        await execute(`delete from ${name}`);
        await execute(`insert into ${name} values ${rows}`);
        expect(await inCut((cut) => cut.fingerprint(table)), rows).toBe(before);
        prints.push(before);
      }
      expect(prints).not.toContain(undefined);
      expect(new Set(prints).size).toBe(contents.length);
    });

    test("digests of ranges are those of their rows, null and '' and duplicates told apart", async () => {
      const { execute, quote } = fixture;
      await execute(`create table ${quote("ranged")} (id int primary key, entry varchar(40))`);
      await execute(`insert into ${quote("ranged")} values (-5, 'one'), (0, null), (1, ''), (99, '-')`);
      const table = await describeTable("ranged");
      await inCut(async (cut) => {
        const ranges = { column: "id", lowest: -5n, width: 50n };
        expect(await cut.keyExtent(table)).toEqual({ column: "id", lowest: -5n, highest: 99n, rows: 4 });
        const found = (await cut.digests(table, ranges)) ?? [];
        const clamped = (await cut.digests(table, { ...ranges, lowest: 0n, width: 1n, count: 2n })) ?? [];
        expect(clamped.toSorted(byRange)).toEqual([
          { range: 0n, ...digestOf(cut.digestHash, ["-5|3:one", "0|-"]) },
          { range: 1n, ...digestOf(cut.digestHash, ["1|0:", "99|1:-"]) },
        ]);
        expect(await cut.digests(table, undefined, "5a17")).toEqual([
          {
            range: 0n,
            ...digestOf(
              cut.digestHash,
              ["-5|3:one", "0|-", "1|0:", "99|1:-"].map((line) => `5a17${line}`),
            ),
          },
        ]);
        const lines = [["-5|3:one", "0|-", "1|0:"], [], ["99|1:-"]];
        expect(found.toSorted(byRange)).toEqual(
          [0n, 2n].map((range) => ({ range, ...digestOf(cut.digestHash, lines[Number(range)] ?? []) })),
        );
        expect(await cut.digests(table, undefined)).toEqual([{ range: 0n, ...digestOf(cut.digestHash, lines.flat()) }]);
        const sink = collectingSink(table);
        await cut.read(table, cut.between("id", 0n, 99n), sink, new AbortController().signal);
        expect(sorted(sink.rows())).toEqual(
          sorted([
            ["0", null],
            ["1", ""],
          ]),
        );
        const ends = collectingSink(table);
        await cut.read(table, cut.between("id", undefined, 0n), ends, new AbortController().signal);
        await cut.read(table, cut.between("id", 1n, undefined), ends, new AbortController().signal);
        expect(sorted(ends.rows().map(([id = null]) => [id]))).toEqual(sorted([["-5"], ["1"], ["99"]]));
        expect(cut.between("id", undefined, undefined)).toBeUndefined();
      });
      const keyless = await describeTable("keyless");
      await inCut(async (cut) => {
        expect(await cut.keyExtent(keyless)).toBeUndefined();
        const { length } = await readAll(cut, keyless);
        expect(await cut.digests(keyless, undefined)).toMatchObject([{ range: 0n, rows: length }]);
      });
    });

    test("a full sink stops the reader until it is drained", async () => {
      const table = await describeTable("many");
      const sink = collectingSink(table);
      await inCut((cut) => cut.read(table, undefined, sink, new AbortController().signal));
      expect(sink.rows().length).toBe(20_000);
      expect(sink.drains).toBeGreaterThan(0);
    });

    test("an aborted read ends with an error and leaves the source usable", async () => {
      const table = await describeTable("many");
      const stop = new AbortController();
      const sink = collectingSink(table);
      const drain = sink.drain.bind(sink);
      sink.drain = async () => {
        stop.abort();
        await drain();
      };
      const failure = await inCut((cut) => cut.read(table, undefined, sink, stop.signal)).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeDefined();
      expect(await inCut(async (cut) => (await readAll(cut, table)).length)).toBe(20_000);
    });

    test("every check is made and none fails here", async () => {
      const checks = await source.test();
      expect(checks.length).toBeGreaterThan(4);
      expect(checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    });

    test("positions are in order: the one before a write comes first, whichever is asked about first", async () => {
      const { comparePositions } = fixture.connector;
      const positionNow = (): Promise<Position> => inCut(async (cut) => cut.position);
      const first = await positionNow();
      expect(comparePositions(first, first)).toBe("same");
      const positions = [first];
      for (let write = 0; write < 3; write++) {
        await fixture.execute(`insert into written values (${write})`);
        positions.push(await positionNow());
      }
      const orders = positions.map((left) => positions.map((right) => comparePositions(left, right)));
      const expected = positions.map((_left, one) =>
        positions.map((_right, other) => (one === other ? "same" : one < other ? "before" : "after")),
      );
      expect(orders).toEqual(expected);
    });

    test("a wrong password is refused by name and never shown", async () => {
      const failure = await fixture.connector
        .open({ url: fixture.url, password: "wrong-Passw0rd" })
        .catch((error: unknown) => error);
      expect((failure as HeadgateError).code).toBe("SOURCE_LOGIN_REFUSED");
      expect(JSON.stringify([failure, (failure as Error).message])).not.toContain("wrong-Passw0rd");
    });

    // Must be the last test, because it leaves another source than the others had.
    test("no order is claimed between positions of two lives of a server", async () => {
      const positionNow = (): Promise<Position> => inCut(async (cut) => cut.position);
      const before = await positionNow();
      await source[Symbol.asyncDispose]();
      await fixture.restart();
      source = await fixture.connector.open({ url: fixture.url, password: fixture.password });
      await fixture.execute("insert into written values (100)");
      const after = await positionNow();
      const { comparePositions } = fixture.connector;
      expect([comparePositions(before, after), comparePositions(after, before)]).toEqual(["unknown", "unknown"]);
      expect(comparePositions(after, after)).toBe("same");
    });
  });
}

function sorted(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}
