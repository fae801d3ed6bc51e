/** The page of the person who is signed in: their sessions, their mails, and who decides while they are away. */
import type { ReactNode } from "react";
import { OwnAbsence } from "./absence.tsx";
import { OwnMail } from "./own-mail.tsx";
import { MySessions } from "./sessions.tsx";

export function You(): ReactNode {
  return (
    <div className="page-body settings-grid">
      <div className="stack governing">
        <MySessions />
        <OwnAbsence />
      </div>
      <OwnMail />
    </div>
  );
}
