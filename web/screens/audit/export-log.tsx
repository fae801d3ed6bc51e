/** Downloads the whole log as lines of JSON, the form that another program can verify. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatJson } from "../../../src/base/json.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";

export function ExportLog(): ReactNode {
  const exporting = useMutation({ mutationFn: exportLog, onError: noticeEnd });
  return (
    <>
      {exporting.error === null ? undefined : <FailureNote failure={exporting.error} />}
      <Button
        variant="default"
        loading={exporting.isPending}
        leftSection={<Icon name="download" size={16} />}
        onClick={() => exporting.mutate()}
      >
        Export all events
      </Button>
    </>
  );
}

async function exportLog(): Promise<void> {
  const lines: string[] = [];
  await api.auditExport({}, { onItem: (event) => void lines.push(`${formatJson(event)}\n`) });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(lines, { type: "application/x-ndjson" }));
  link.download = "headgate-audit.jsonl";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
