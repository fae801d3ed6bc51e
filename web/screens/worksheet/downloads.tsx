/** The menu of files in which a result can be had. While one is made, the button cancels it. */
import { Button, Menu } from "@mantine/core";
import { useRef, useState, type ReactNode } from "react";
import { noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { download, fileKinds, type FileKind } from "./download.ts";
import type { Outcome } from "./run-statement.ts";

interface DownloadsProps {
  readonly outcome: Pick<Outcome, "text" | "asOf">;
  readonly title: string;
  readonly onFailure: (failure: unknown) => void;
}

export function Downloads({ outcome: { text, asOf }, title, onFailure }: DownloadsProps): ReactNode {
  const [kind, setKind] = useState<FileKind>();
  const stop = useRef<AbortController>(undefined);
  const get = async (chosen: FileKind): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    onFailure(undefined);
    setKind(chosen);
    try {
      await download({ text, asOf, kind: chosen, title, signal: controller.signal });
    } catch (failure) {
      if (!controller.signal.aborted) {
        noticeEnd(failure);
        onFailure(failure);
      }
    }
    setKind(undefined);
  };
  if (kind !== undefined)
    return (
      <Button variant="subtle" leftSection={<Icon name="close" size={16} />} onClick={() => stop.current?.abort()}>
        Cancel {kind.name}
      </Button>
    );
  return (
    <Menu position="bottom-end" width={290}>
      <Menu.Target>
        <Button variant="subtle" leftSection={<Icon name="download" size={16} />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>All rows, under your own rights</Menu.Label>
        {fileKinds.map((one) => (
          <Menu.Item key={one.name} onClick={() => void get(one)}>
            {one.name}
            {one.hint === undefined ? undefined : <span className="small dim block">{one.hint}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function DownloadFailure({ failure }: { readonly failure: unknown }): ReactNode {
  if (failure === undefined) return undefined;
  return (
    <div className="result-failed">
      <FailureNote failure={failure} />
    </div>
  );
}
