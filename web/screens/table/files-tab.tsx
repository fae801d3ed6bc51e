/** The files of a table's present state and how well they are laid out, for operators who read the whole table. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { SqlAnswer, TableShowAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { Badge } from "../../parts/badge.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { shownName, sqlName, tableName } from "../../parts/names.ts";
import { bytes, count, counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { useOwnRight } from "./own-right.ts";

/** Many files below this size make every query open many files. */
const smallBytes = 8_000_000;
const manySmall = 20;
const mostListed = 300;

export function FilesTab({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const right = useOwnRight(table);
  const name = tableName(table.database, table.name);
  const isOpen = right?.reads === "whole";
  const files = useQuery({
    queryKey: ["table", name, "files", table.snapshot_id ?? null],
    queryFn: async () => {
      const sql = `from ${sqlName(table.database)}.${sqlName(table.name)}`;
      return (await api.sql({ sql, explain: true })).files ?? [];
    },
    enabled: isOpen,
  });
  if (right === undefined) return undefined;
  if (!isOpen)
    return (
      <Empty icon="hidden" title="Files are shown to those who read the whole table.">
        <p>They tell of every row. Whoever answers for the table can grant you SELECT on all of it.</p>
      </Empty>
    );
  return (
    <Loaded query={files} lines={6}>
      {(found) =>
        found.length === 0 ? <Empty icon="table" title="It has no file yet." /> : <Files table={table} files={found} />
      }
    </Loaded>
  );
}

interface FilesProps {
  readonly table: TableShowAnswer;
  readonly files: NonNullable<SqlAnswer["files"]>;
}

function Files({ table, files }: FilesProps): ReactNode {
  const small = files.filter((file) => file.bytes < smallBytes).length;
  const isScattered = small > manySmall;
  const command = `headgate maintain ${tableName(table.database, table.name)}`;
  return (
    <>
      <div className="section-head">
        <h2>{counted(table.files ?? files.length, "file")}</h2>
        <span className="dim small">
          {bytes(table.bytes ?? 0)}, about {bytes((table.bytes ?? 0) / Math.max(1, table.files ?? files.length))} each
        </span>
        {isScattered ? (
          <Badge tone="warn" icon="alert">
            {count(small)} small files
          </Badge>
        ) : (
          <Badge tone="ok" icon="check">
            Well laid out
          </Badge>
        )}
      </div>
      {isScattered ? (
        <p className="note warn">
          <span className="grow">
            Every query opens all of them. Maintenance rewrites them into few: <code>{command}</code>
          </span>
          <CopyButton text={command} label="Copy" />
        </p>
      ) : undefined}
      <div className="card sideways" tabIndex={0} role="group" aria-label="Files">
        <table className="lines">
          <caption>Files of {table.name}</caption>
          <thead>
            <tr>
              <th>File</th>
              <th className="right">Rows</th>
              <th className="right">Size</th>
            </tr>
          </thead>
          <tbody>
            {files.slice(0, mostListed).map(({ location, rows, bytes: size }) => (
              <tr key={location}>
                <td>
                  <code title={location} className="wrap-anywhere">
                    {shownName(location.split("/").slice(-2).join("/"))}
                  </code>
                </td>
                <td className="right">{count(rows)}</td>
                <td className="right nowrap">{bytes(size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {files.length > mostListed ? (
        <p className="small dim">
          The first {mostListed} of {counted(table.files ?? files.length, "file")}.
        </p>
      ) : undefined}
    </>
  );
}
