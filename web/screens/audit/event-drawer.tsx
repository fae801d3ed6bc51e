/** One event as a whole: its facts, its details, its place in the chain, and why access was as it was. */
import { Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatJson } from "../../../src/base/json.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { sentence } from "../../parts/failure-note.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { Outcome, resourceWords, type ListedEvent } from "./event-table.tsx";

interface EventDrawerProps {
  readonly event: ListedEvent | undefined;
  readonly onClose: () => void;
}

export function EventDrawer({ event, onClose }: EventDrawerProps): ReactNode {
  if (event === undefined) return undefined;
  const { sequence, at, kind, principal, account, operation, because, resources, hash, previousHash, details } = event;
  const table = resources.find((resource) => resource.kind === "table" && resource.name !== undefined)?.name;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Event ${sequence}: ${kind}`}
      size={680}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className="dialog">
        <dl className="facts">
          <dt>When</dt>
          <dd>
            <Moment at={at} /> <span className="dim">{at}</span>
          </dd>
          <dt>Who</dt>
          <dd>{shownName(principal)}</dd>
          <dt>In account</dt>
          <dd>{account === null ? "none" : shownName(account)}</dd>
          <dt>Operation</dt>
          <dd>{operation === null ? "none" : <code>{operation}</code>}</dd>
          <dt>On</dt>
          <dd>
            <code>{resourceWords(event) || "nothing"}</code>
          </dd>
          <dt>Outcome</dt>
          <dd>
            <Outcome event={event} />
          </dd>
        </dl>
        {because === null ? undefined : <p className="text2 wrap-anywhere">{sentence(because)}</p>}
        <pre className="code event-details" tabIndex={0} aria-label="Details">
          {shownLines(formatJson(details, 2))}
        </pre>
        <p className="small dim wrap-anywhere">
          Hash <code>{hash}</code>, after <code>{previousHash}</code>
        </p>
        <div className="row wrap">
          <CopyButton text={formatJson(details, 2)} label="Copy the details" />
          {table === undefined ? undefined : (
            <Link to="/access/explain" search={{ who: principal, table }}>
              Explain the access of now
            </Link>
          )}
        </div>
      </div>
    </Modal>
  );
}

/** Line breaks stay; everything else that cannot be seen is escaped. */
function shownLines(text: string): string {
  return text.split("\n").map(shownName).join("\n");
}
