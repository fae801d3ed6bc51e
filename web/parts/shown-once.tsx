/** A secret that is shown this once: it stays until somebody says that they have kept it. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";

interface ShownOnceProps {
  readonly title: string;
  readonly secret: string;
  readonly hint: string;
  readonly onKept: () => void;
}

export function ShownOnce({ title, secret, hint, onKept }: ShownOnceProps): ReactNode {
  return (
    <div className="note warn" role="alert">
      <Icon name="key" />
      <div className="grow">
        <p className="strong">{title}</p>
        <p>
          <code className="secret">{secret}</code>
        </p>
        <p className="small">{hint}</p>
        <div className="row wrap">
          <CopyButton text={secret} label="Copy" />
          <Button size="compact-md" variant="default" onClick={onKept}>
            I have kept it
          </Button>
        </div>
      </div>
    </div>
  );
}
