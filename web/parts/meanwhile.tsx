/** Tells whoever edits a text that somebody else has changed it meanwhile, with the other text, and lets them choose. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

interface MeanwhileProps {
  /** The text that is stored now. */
  readonly theirs: string;
  readonly onKeepMine: () => void;
  readonly onTakeTheirs: () => void;
}

export function Meanwhile({ theirs, onKeepMine, onTakeTheirs }: MeanwhileProps): ReactNode {
  return (
    <div className="note warn meanwhile" role="alert">
      <Icon name="alert" />
      <div className="grow">
        <p className="strong">Somebody else has changed this while you were writing. It says now:</p>
        <blockquote>
          <bdi>{theirs === "" ? <i>nothing</i> : theirs}</bdi>
        </blockquote>
        <div className="row wrap">
          <Button size="compact-md" variant="default" onClick={onKeepMine}>
            Keep mine
          </Button>
          <Button size="compact-md" variant="default" onClick={onTakeTheirs}>
            Take theirs
          </Button>
        </div>
      </div>
    </div>
  );
}
