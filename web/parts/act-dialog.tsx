/** A dialog that asks one question: what will happen and when, its consequences, the safe choice and the acting one. */
import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { FailureNote } from "./failure-note.tsx";

interface ActDialogProps {
  readonly title: string;
  /** One sentence with the effect and its time. */
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
  readonly keep: string;
  readonly act: string;
  /** Whether data or access is lost. */
  readonly isLoss?: boolean;
  /** Whether it waits: for its preview, or for the work itself. */
  readonly isBusy?: boolean;
  readonly failure?: unknown;
  readonly onAct: () => void;
  readonly onClose: () => void;
}

export function ActDialog(props: ActDialogProps): ReactNode {
  const { title, lead, children, keep, act, isLoss = false, isBusy = false, failure, onAct, onClose } = props;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) onAct();
        }}
      >
        {lead === undefined ? undefined : <p className="text2">{lead}</p>}
        {children}
        {failure === undefined || failure === null ? undefined : <FailureNote failure={failure} />}
        <div className="dialog-foot">
          <Button variant="default" onClick={onClose}>
            {keep}
          </Button>
          <Button type="submit" loading={isBusy} className={isLoss ? "loss" : ""}>
            {act}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
