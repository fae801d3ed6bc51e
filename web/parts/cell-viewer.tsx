/** The whole of a value: wrapped, and as JSON where it is JSON. */
import { Modal } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { formatJson, type Json } from "../../src/base/json.ts";
import { CopyButton } from "./copy-button.tsx";
import { shownName } from "./names.ts";

interface CellViewerProps {
  readonly title: string;
  readonly value: Json | undefined;
  readonly onClose: () => void;
}

export function CellViewer({ title, value, onClose }: CellViewerProps): ReactNode {
  const text = typeof value === "string" ? value : value === undefined ? "null" : formatJson(value, 2);
  const asJson = typeof value === "string" ? parsed(value) : undefined;
  const [isJson, setIsJson] = useState(false);
  return (
    <Modal
      opened
      onClose={onClose}
      title={<code>{shownName(title)}</code>}
      size={640}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <pre className="code viewer">{isJson ? asJson : text}</pre>
      <div className="row viewer-foot">
        <span className="dim small grow">{[...text].length} characters</span>
        {asJson === undefined ? undefined : (
          <span className="segments">
            <button type="button" aria-pressed={!isJson} onClick={() => setIsJson(false)}>
              Text
            </button>
            <button type="button" aria-pressed={isJson} onClick={() => setIsJson(true)}>
              JSON
            </button>
          </span>
        )}
        <CopyButton text={text} label="Copy" />
      </div>
    </Modal>
  );
}

function parsed(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}
