/** How a statement would be run: for each table the files that are read and those that statistics rule out, then the engine's plan. */
import type { ReactNode } from "react";
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
