/** The one page for what does not exist and for what somebody may not know of: the same words for both. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { failureOf } from "../api/client.ts";
import { Empty } from "./empty.tsx";
import { FailureNote } from "./failure-note.tsx";
import { shownName } from "./names.ts";

interface MissingProps {
  readonly failure: unknown;
  readonly name: string;
}

export function Missing({ failure, name }: MissingProps): ReactNode {
  if (!failureOf(failure).code.endsWith("_NOT_FOUND")) return <FailureNote failure={failure} />;
  return (
    <Empty icon="search" title={`There is no ${shownName(name)}, or you may not see it.`}>
      <p>
        Look for it in the <Link to="/catalog">catalog</Link>, or ask whoever told you of it.
      </p>
    </Empty>
  );
}
