/**
 * The profile of a table: for each column how many values are empty and how many differ, extremes, and how the values of one are spread. All
 * of it is asked as statements of whoever looks, so hidden rows and masked values stay so. Nothing is read before they ask.
 */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { ChartView } from "../../parts/chart/chart-view.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { count, share } from "../../parts/numbers.ts";
import { readRows } from "../../parts/read-rows.ts";
import { Shape } from "../../parts/waiting.tsx";
import { useOwnRight } from "./own-right.ts";
import { useProfile, type ColumnProfile } from "./profile.ts";
import { MayNotRead } from "./sample-rows.tsx";
import { typeText } from "./type-text.ts";
import { valuesSql } from "./values-sql.ts";

export function ProfileTab({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const right = useOwnRight(table);
  const profile = useProfile(table);
  if (right === undefined) return undefined;
  if (right.reads === "nothing") return <MayNotRead table={table} />;
  if (profile.error !== null && profile.data === undefined)
    return <FailureNote failure={profile.error} onRetry={() => void profile.refetch()} />;
  if (profile.isFetching) return <Shape lines={8} />;
  if (profile.data === undefined)
    return (
      <Empty icon="chart" title="The columns are not profiled yet.">
        <p>A profile reads every row that you may read, and the audit log says so.</p>
        <Button onClick={() => void profile.refetch()}>Profile the columns</Button>
      </Empty>
    );
  const { data } = profile;
  const profiled = table.columns.filter(({ name }) => data.has(name));
  return (
    <section aria-labelledby="profile">
      <div className="section-head">
        <h2 id="profile">Profile</h2>
        <span className="dim small">
          {right.reads === "whole" ? "Of all rows." : "Of the rows and values that you may read."} Distinct values are
          estimated.
          {profiled.length < table.columns.length
            ? ` ${count(profiled.length)} of ${count(table.columns.length)} columns are profiled.`
            : ""}
        </span>
      </div>
      <ul className="card list profile-list">
        {profiled.map((column) => (
          <ProfileLine
            key={column.name}
            table={table}
            column={column}
            profile={data.get(column.name)}
            mask={right.masks.get(column.name)}
          />
        ))}
      </ul>
    </section>
  );
}

interface ProfileLineProps {
  readonly table: TableShowAnswer;
  readonly column: TableShowAnswer["columns"][number];
  readonly profile: ColumnProfile | undefined;
  readonly mask: string | undefined;
}

function ProfileLine({ table, column, profile, mask }: ProfileLineProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  if (profile === undefined) return undefined;
  const { empty, distinct, least, most } = profile;
  const sql = valuesSql(table, column, profile);
  return (
    <li className="profile-line">
      <div className="profile-facts">
        <span>
          <code className="strong wrap-anywhere">
            <bdi>{shownName(column.name)}</bdi>
          </code>
          <span className="small dim block">
            {typeText(column.type)}
            {mask === undefined ? "" : `, masked: ${mask}`}
          </span>
        </span>
        <span className="number">
          {share(empty)} <span className="small dim">empty</span>
        </span>
        <span className="number">
          {count(distinct)} <span className="small dim">distinct</span>
        </span>
        <span className="small dim wrap-anywhere">
          <bdi>{least === null ? "no value" : `${shownName(least)} … ${shownName(most ?? "")}`}</bdi>
        </span>
        {sql === undefined || distinct === 0 ? (
          <span />
        ) : (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={isOpen}
            rightSection={<Icon name={isOpen ? "down" : "next"} size={14} />}
            onClick={() => setIsOpen(!isOpen)}
          >
            Values<span className="unseen"> of {column.name}</span>
          </Button>
        )}
      </div>
      {isOpen && sql !== undefined ? <Values table={table} sql={sql} /> : undefined}
    </li>
  );
}

function Values({ table, sql }: { readonly table: TableShowAnswer; readonly sql: string }): ReactNode {
  const values = useQuery({
    queryKey: ["profile", table.uuid, table.snapshot_id ?? null, sql],
    queryFn: ({ signal }) => readRows({ sql, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (values.error !== null) return <FailureNote failure={values.error} onRetry={() => void values.refetch()} />;
  if (values.data === undefined) return <Shape lines={4} />;
  const { columns, rows } = values.data;
  const x = columns[0]?.name ?? "";
  return <ChartView columns={columns} rows={rows} chart={{ kind: "bar", x, y: "rows" }} height={200} />;
}
