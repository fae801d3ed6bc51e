/** The last runs of a source as strips, oldest first; they differ in height as well as in colour, and are told in words. */
import type { ReactNode } from "react";
import type { Run } from "../../src/client/api-client.ts";

interface StripProps {
  /** Newest first, as the API lists them. */
  readonly runs: readonly Run[];
  readonly most: number;
}

export function Strip({ runs, most }: StripProps): ReactNode {
  const shown = runs.slice(0, most).toReversed();
  const failed = shown.filter((run) => kindOf(run) === "failed").length;
  if (shown.length === 0) return <span className="dim">no runs</span>;
  return (
    <span className="strip" role="img" aria-label={`${shown.length} runs, ${failed} failed`}>
      {shown.map((run) => (
        <i key={run.run} className={kindOf(run)} />
      ))}
    </span>
  );
}

function kindOf({ state, report }: Run): "loaded" | "unchanged" | "failed" | "running" {
  if (state === "running") return "running";
  if (state !== "done") return "failed";
  const commit = typeof report === "object" && report !== null && "commit" in report ? report["commit"] : undefined;
  return commit === null ? "unchanged" : "loaded";
}
