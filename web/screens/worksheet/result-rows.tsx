/** The rows of a result as a grid that can be filtered, sorted and pinned; all of that is done here, on the rows that came. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import type { Json } from "../../../src/base/json.ts";
import type { Column } from "../../../src/client/api-client.ts";
import { Empty } from "../../parts/empty.tsx";
import { Grid } from "../../parts/grid.tsx";
import type { Sort } from "../../parts/grid-cells.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { isNumeric, plainText } from "../../parts/value.tsx";
import "../../styles/result.css";

interface ResultRowsProps {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Json[])[];
}

export function ResultRows({ columns, rows }: ResultRowsProps): ReactNode {
  const [sort, setSort] = useState<Sort>();
  const [pinned, setPinned] = useState<readonly number[]>([]);
  const [words, setWords] = useState("");
  const [within, setWithin] = useState(-1);
  const found = useMemo(() => filtered(rows, words, within), [rows, words, within]);
  const shown = useMemo(
    () => (sort === undefined ? found : inOrder(found, sort, columns[sort.column]?.type ?? "")),
    [found, sort, columns],
  );
  return (
    <>
      <div className="result-filter" role="search" aria-label="Rows of the result">
        <TextInput
          size="sm"
          aria-label="Find in the rows"
          placeholder="Find in the rows"
          leftSection={<Icon name="filter" size={16} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <NativeSelect
          size="sm"
          aria-label="In which column"
          data={[
            { value: "-1", label: "in any column" },
            ...columns.map(({ name }, place) => ({ value: String(place), label: `in ${shownName(name)}` })),
          ]}
          value={String(within)}
          onChange={(event) => setWithin(Number(event.currentTarget.value))}
        />
        <span className="small dim" role="status">
          {words === "" ? "" : `${count(found.length)} of ${count(rows.length)} rows`}
        </span>
      </div>
      {found.length === 0 ? (
        <Empty icon="filter" title={`No row has “${words}”.`} />
      ) : (
        <Grid
          columns={columns}
          rows={shown}
          label="Result"
          height="100%"
          sort={sort}
          onSort={(column) => setSort((before) => nextSort(before, column))}
          pinned={pinned}
          onPin={(column) =>
            setPinned((before) =>
              before.includes(column) ? before.filter((one) => one !== column) : [...before, column],
            )
          }
        />
      )}
    </>
  );
}

function nextSort(before: Sort | undefined, column: number): Sort | undefined {
  if (before?.column !== column) return { column, isDescending: false };
  return before.isDescending ? undefined : { column, isDescending: true };
}

function filtered(rows: ResultRowsProps["rows"], words: string, within: number): ResultRowsProps["rows"] {
  const wanted = words.toLowerCase();
  if (wanted === "") return rows;
  const has = (value: Json | undefined): boolean => plainText(value).toLowerCase().includes(wanted);
  return rows.filter((row) => (within < 0 ? row.some(has) : has(row[within])));
}

/** Nulls come last in both directions. */
function inOrder(rows: ResultRowsProps["rows"], { column, isDescending }: Sort, type: string): ResultRowsProps["rows"] {
  const compare = isNumeric(type) ? byNumber : byText;
  const [filled, empty] = [rows.filter((row) => row[column] !== null), rows.filter((row) => row[column] === null)];
  const order = filled.toSorted((one, other) => compare(one[column] ?? null, other[column] ?? null));
  return [...(isDescending ? order.toReversed() : order), ...empty];
}

function byNumber(one: Json, other: Json): number {
  return Number(one) - Number(other);
}

const texts = new Intl.Collator();

function byText(one: Json, other: Json): number {
  return texts.compare(String(one), String(other));
}
