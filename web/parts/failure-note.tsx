/** A failure in full: what happened, where, and what to do. It stays until it is mended. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { failureOf } from "../api/client.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";

interface FailureNoteProps {
  readonly failure: unknown;
  readonly onRetry?: () => void;
}

export function FailureNote({ failure, onRetry }: FailureNoteProps): ReactNode {
  const { code, message, place, remedy } = failureOf(failure);
  return (
    <div className="note bad" role="alert">
      <Icon name="alert" />
      <div className="grow">
        <p className="strong">
          <bdi>{sentence(message)}</bdi>
        </p>
        {place === undefined ? undefined : (
          <p>
            <code>{place}</code>
          </p>
        )}
        {isForCommands(remedy) ? undefined : <p>{sentence(remedy)}</p>}
        <p className="row wrap small">
          <code className="dim">{code}</code>
          <CopyButton text={[code, message, place, remedy].filter(Boolean).join("\n")} label="Copy" />
          {onRetry === undefined ? undefined : (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
        </p>
      </div>
    </div>
  );
}

/** The remedy of a value that was typed wrong names the help of the command line, which helps nobody here. */
function isForCommands(remedy: string): boolean {
  return remedy.startsWith("see `headgate help");
}

/** The API writes messages without a capital and a full stop. */
export function sentence(text: string): string {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?…:]$/.test(begun) ? begun : `${begun}.`;
}
