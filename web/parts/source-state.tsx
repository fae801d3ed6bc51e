/** The state of a source in one badge. */
import type { ReactNode } from "react";
import type { SourceStatus } from "../../src/client/api-client.ts";
import { Badge } from "./badge.tsx";

export function SourceState({ source }: { readonly source: SourceStatus }): ReactNode {
  if (source.running !== null)
    return (
      <Badge tone="busy" icon="loading">
        Loading
      </Badge>
    );
  if (source.lastSync?.state === "failed")
    return (
      <Badge tone="bad" icon="alert">
        Failed
      </Badge>
    );
  if (source.late.length > 0)
    return (
      <Badge tone="bad" icon="alert">
        Late
      </Badge>
    );
  if (source.failed.length > 0)
    return (
      <Badge tone="bad" icon="alert">
        {source.failed.length} failed
      </Badge>
    );
  if (source.oldestFreshAt === null) return <Badge tone="plain">Not loaded</Badge>;
  return (
    <Badge tone="ok" icon="check">
      Fresh
    </Badge>
  );
}
