/** The parts that an approver takes off a request before they approve it: things, columns, values, rows, time. Nothing is ever added. */
import { useState } from "react";
import type { NarrowedItem, RequestApproveInput, ShareRequest } from "../../../src/client/api-client.ts";
import { counted } from "../../parts/numbers.ts";

export interface Narrowing {
  readonly leftOut: ReadonlySet<string>;
  /** Columns that are taken away, by thing. */
  readonly without: ReadonlyMap<string, ReadonlySet<string>>;
  /** Masks of columns that stay, by thing. */
  readonly masks: ReadonlyMap<string, ReadonlyMap<string, Mask>>;
  /** Further conditions on rows, by thing. */
  readonly rows: ReadonlyMap<string, string>;
  /** A day as the field has it; empty for the end that was asked for. */
  readonly until: string;
}

const nothing: Narrowing = { leftOut: new Set(), without: new Map(), masks: new Map(), rows: new Map(), until: "" };

export type Mask = NonNullable<NarrowedItem["masks"]>[number]["mask"];

export interface NarrowingWork {
  readonly now: Narrowing;
  readonly toggleItem: (on: string) => void;
  readonly toggleColumn: (on: string, column: string) => void;
  /** Undefined shows the column as it is. */
  readonly setMask: (on: string, column: string, mask: Mask | undefined) => void;
  readonly setRows: (on: string, rows: string) => void;
  readonly setUntil: (day: string) => void;
}

export function useNarrowing(): NarrowingWork {
  const [now, setNow] = useState(nothing);
  return {
    now,
    toggleItem: (on) => setNow((old) => ({ ...old, leftOut: old.leftOut.symmetricDifference(new Set([on])) })),
    toggleColumn: (on, column) =>
      setNow((old) => {
        const before = old.without.get(on) ?? new Set();
        return { ...old, without: new Map(old.without).set(on, before.symmetricDifference(new Set([column]))) };
      }),
    setMask: (on, column, mask) =>
      setNow((old) => {
        const own = new Map(old.masks.get(on));
        if (mask === undefined) own.delete(column);
        else own.set(column, mask);
        return { ...old, masks: new Map(old.masks).set(on, own) };
      }),
    setRows: (on, rows) => setNow((old) => ({ ...old, rows: new Map(old.rows).set(on, rows) })),
    setUntil: (until) => setNow((old) => ({ ...old, until })),
  };
}

/** The end of a day as an instant; the end that was asked for, if it falls on that day. */
export function endOfDay(day: string, asked: string | null): string {
  const end = new Date(`${day}T23:59:59`);
  return asked !== null && new Date(asked) < end ? asked : end.toISOString();
}

/** `columns` are those of each thing that were asked for, as far as they are known. */
export function approvalOf(
  { request, items, until }: ShareRequest,
  { leftOut, without, masks, rows, until: day }: Narrowing,
  columns: ReadonlyMap<string, readonly string[]>,
): RequestApproveInput {
  const things = items.flatMap(({ on }) => (on === null || leftOut.has(on) ? [] : [on]));
  const narrow = things.flatMap((on): readonly NarrowedItem[] => {
    const gone = without.get(on) ?? new Set();
    const left = (columns.get(on) ?? []).filter((column) => !gone.has(column));
    const condition = rows.get(on)?.trim() ?? "";
    const masked = [...(masks.get(on) ?? [])].flatMap(([column, mask]) => (gone.has(column) ? [] : [{ column, mask }]));
    if (gone.size === 0 && condition === "" && masked.length === 0) return [];
    return [
      {
        on,
        ...(gone.size === 0 ? {} : { columns: left }),
        ...(masked.length === 0 ? {} : { masks: masked }),
        ...(condition === "" ? {} : { rows: condition }),
      },
    ];
  });
  return {
    requests: [request],
    ...(leftOut.size === 0 ? {} : { items: things }),
    ...(narrow.length === 0 ? {} : { narrow }),
    ...(day === "" ? {} : { until: endOfDay(day, until) }),
  };
}

/** In words; empty if everything is approved as it was asked. */
export function narrowedWords({ leftOut, without, masks, rows, until }: Narrowing): string {
  const masked = [...masks].flatMap(([on, own]) =>
    leftOut.has(on) ? [] : [...own.keys()].filter((column) => without.get(on)?.has(column) !== true),
  ).length;
  const columns = [...without].filter(([on]) => !leftOut.has(on)).reduce((sum, [, gone]) => sum + gone.size, 0);
  const conditions = [...rows].filter(([on, text]) => !leftOut.has(on) && text.trim() !== "").length;
  const parts = [
    leftOut.size === 0 ? "" : `${counted(leftOut.size, "thing")} left out`,
    columns === 0 ? "" : `${counted(columns, "column")} left out`,
    masked === 0 ? "" : `${counted(masked, "column")} masked`,
    conditions === 0 ? "" : `only some rows of ${counted(conditions, "table")}`,
    until === "" ? "" : "an earlier end",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
