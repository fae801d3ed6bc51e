/** The sources whose last sync failed, or some of whose tables did. */
import type { SourceStatus, StatusAnswer } from "../../../src/client/api-client.ts";

export function failedSources(status: StatusAnswer | undefined): readonly SourceStatus[] {
  return (status?.sources ?? []).filter(
    ({ lastSync, failed, failing }) => lastSync?.state === "failed" || failed.length > 0 || failing.length > 0,
  );
}
