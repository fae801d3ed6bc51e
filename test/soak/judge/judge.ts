/**
 * The judge of the soak: every table of a source, as its own database shows it, must be in the lake as a multiset for
 * every reader. A table that was found equal is read again only if its rows or its metadata changed since.
 */
import { sourceLabel } from "../../../src/sync/settings/table-pattern.ts";
import { silent } from "../../../src/base/progress.ts";
import type { Session } from "../../../src/cli/session.ts";
import { tableList } from "../../../src/operations/tables.ts";
import { liveRows, readByPython, readBySql, type LakeTable, type ReadTable } from "./lake-rows.ts";
import type { PlainSource, PlainTable } from "./plain-source.ts";
import { missingLine, type Rows } from "./rows.ts";

export interface Difference {
  readonly table: string;
  readonly reader: "the catalog" | "our SQL" | "PyIceberg" | "the specification";
  readonly why: string;
  readonly sourceRows: number;
  readonly lakeRows: number;
  readonly onlyInSource: string | undefined;
  readonly onlyInLake: string | undefined;
}

export interface JudgedTable {
  /** `schema.name` in the source. */
  readonly label: string;
  readonly source: PlainTable;
  /** Undefined if the lake does not have it. */
  readonly lake: LakeTable | undefined;
  readonly expected: Rows;
  readonly differences: readonly Difference[];
}

interface Judged {
  readonly session: Session;
  /** The source's name in Headgate. */
  readonly name: string;
  readonly plain: PlainSource;
  /** Which tables the source's user is meant to see. */
  sees(table: PlainTable): boolean;
}

export interface Judge {
  /** With `isWhole`, earlier findings are not trusted. */
  judge(judged: Judged, options: { readonly isWhole: boolean }): Promise<readonly JudgedTable[]>;
}

interface Subject {
  readonly label: string;
  readonly source: PlainTable;
  readonly lake: LakeTable | undefined;
  readonly expected: Rows;
  /** Equal keys mean that neither side has changed. */
  readonly state: string;
}

export function openJudge(): Judge {
  /** States that were found equal. */
  const equal = new Set<string>();
  return {
    async judge(judged, { isWhole }) {
      if (isWhole) equal.clear();
      const subjects = await subjectsOf(judged);
      const unsure = subjects.filter(({ state }) => !equal.has(state));
      const differences = await differencesOf(judged.session, unsure);
      for (const { state } of unsure) if (differences.get(state) === undefined) equal.add(state);
      return subjects.map((subject) => ({ ...subject, differences: differences.get(subject.state) ?? [] }));
    },
  };
}

async function subjectsOf({ session, name, plain, sees }: Judged): Promise<readonly Subject[]> {
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const { tables } = await session.call(tableList, {}, call);
  const subjects: Subject[] = [];
  for (const source of (await plain.tables()).filter(sees)) {
    const database = source.schema === plain.mainSchema ? name : `${name}_${source.schema}`;
    const found = tables.find((table) => table.database === database && table.name === source.name);
    const metadata = found?.metadata_location;
    const lake = metadata === undefined ? undefined : { database, name: source.name, metadata };
    const expected = await plain.rows(source);
    const label = sourceLabel(source);
    subjects.push({ label, source, lake, expected, state: `${name} ${label} ${lake?.metadata} ${expected.digest}` });
  }
  return subjects;
}

async function differencesOf(
  session: Session,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, readonly Difference[]>> {
  const found = new Map<string, readonly Difference[]>();
  const note = ({ state }: Subject, difference: Difference | undefined): void => {
    if (difference !== undefined) found.set(state, [...(found.get(state) ?? []), difference]);
  };
  const inLake = subjects.flatMap((subject) => (subject.lake === undefined ? [] : [{ subject, lake: subject.lake }]));
  for (const subject of subjects) if (subject.lake === undefined) note(subject, missing(subject));
  const lakes = inLake.map(({ lake }) => lake);
  const bySpecification = await readByPython("lake_reader.py", lakes);
  const byPyiceberg = await readByPython("pyiceberg_rows.py", lakes);
  const readable = inLake.flatMap(({ subject, lake }, index) => {
    const [specified, pyiceberg] = [bySpecification[index], byPyiceberg[index]];
    if (specified === undefined || pyiceberg === undefined) throw new Error(`a reader left out ${subject.label}`);
    note(subject, compare(subject, "the specification", specified));
    note(subject, compare(subject, "PyIceberg", pyiceberg));
    return specified.failure === undefined ? [{ subject, lake, types: specified.types }] : [];
  });
  for (const [index, rows] of (await readBySql(session, readable)).entries()) {
    const subject = readable[index]?.subject;
    if (subject !== undefined) note(subject, compare(subject, "our SQL", rows));
  }
  return found;
}

function missing({ label, expected }: Subject): Difference {
  const none = { lakeRows: 0, onlyInSource: undefined, onlyInLake: undefined };
  return { table: label, reader: "the catalog", why: "not in the lake", sourceRows: expected.count, ...none };
}

function compare({ label, expected }: Subject, reader: Difference["reader"], read: ReadTable): Difference | undefined {
  const rows = liveRows(read);
  if (read.failure === undefined && rows.digest === expected.digest) return undefined;
  const columns = rows.columns.join() === expected.columns.join() ? "rows" : `columns: lake ${rows.columns.join()}`;
  return {
    table: label,
    reader,
    why: read.failure ?? `${columns}; source ${expected.columns.join()}; ${[...read.types.values()].join(" ")}`,
    sourceRows: expected.count,
    lakeRows: rows.count,
    onlyInSource: missingLine(expected, rows)?.slice(0, 500),
    onlyInLake: missingLine(rows, expected)?.slice(0, 500),
  };
}
