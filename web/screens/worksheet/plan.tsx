/** How a statement would be run: for each table the files that are read and those that statistics rule out, then the engine's plan. */
import type { ReactNode } from "react";
import type { SqlAnswer } from "../../../src/client/api-client.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { shownName } from "../../parts/names.ts";
import { bytes, count, counted } from "../../parts/numbers.ts";
import type { Outcome } from "./run-statement.ts";

export function Plan({ outcome: { answer } }: { readonly outcome: Outcome }): ReactNode {
  if (answer === undefined) return undefined;
  return (
    <div className="plan">
      {answer.stats.tables.map(({ table, filesRead, filesSkipped, rows, bytes: size }) => (
        <div key={table} className="card card-body">
          <p className="row wrap">
            <code className="strong">{shownName(table)}</code>
            <span className="dim small">
              {count(filesRead)} of {counted(filesRead + filesSkipped, "file")} read, {count(rows)} rows, {bytes(size)}
            </span>
          </p>
          <div className="bar plan-bar" aria-hidden="true">
            <span style={{ width: `${(100 * filesRead) / Math.max(1, filesRead + filesSkipped)}%` }} />
          </div>
          {filesSkipped === 0 ? undefined : (
            <p className="small dim">Statistics prove that {counted(filesSkipped, "file")} cannot matter.</p>
          )}
        </div>
      ))}
      <Files files={answer.files ?? []} />
      {answer.plan === undefined ? undefined : (
        <>
          <pre className="code" tabIndex={0} aria-label="Plan of the engine">
            {answer.plan}
          </pre>
          <CopyButton text={answer.plan} label="Copy as text" />
        </>
      )}
    </div>
  );
}

const mostFiles = 200;

/** Those that would be read come first. */
function Files({ files }: { readonly files: NonNullable<SqlAnswer["files"]> }): ReactNode {
  if (files.length === 0) return undefined;
  return (
    <details className="card plan-files">
      <summary>{counted(files.length, "file")}, one by one</summary>
      <div className="sideways" tabIndex={0} role="group" aria-label="Files">
        <table className="lines">
          <caption>Files that would be read or skipped</caption>
          <thead>
            <tr>
              <th>File</th>
              <th>Table</th>
              <th className="right">Rows</th>
              <th className="right">Size</th>
              <th>Read</th>
            </tr>
          </thead>
          <tbody>
            {files.slice(0, mostFiles).map(({ table, location, rows, bytes: size, read }) => (
              <tr key={location}>
                <td>
                  <code title={location}>{shownName(location.split("/").at(-1) ?? location)}</code>
                </td>
                <td>
                  <code>{shownName(table)}</code>
                </td>
                <td className="right">{count(rows)}</td>
                <td className="right nowrap">{bytes(size)}</td>
                <td>{read ? "read" : <span className="dim">skipped</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {files.length > mostFiles ? (
        <p className="small dim card-foot">
          The first {mostFiles} of {counted(files.length, "file")}.
        </p>
      ) : undefined}
    </details>
  );
}
