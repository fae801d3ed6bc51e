/** The statements that were run on this device, newest first; each opens again in a tab of its own. */
import { Button, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import type { Me } from "../../api/me.ts";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { pastRuns } from "./sheets.ts";

interface PastRunsProps {
  readonly me: Me;
  readonly onChoose: (text: string) => void;
}

export function PastRuns({ me, onChoose }: PastRunsProps): ReactNode {
  return (
    <Menu position="bottom-end" width={380} keepMounted={false}>
      <Menu.Target>
        <Button variant="subtle" size="compact-md" leftSection={<Icon name="audit" size={16} />}>
          Past runs
        </Button>
      </Menu.Target>
      <Menu.Dropdown className="past-runs">
        <PastRunItems me={me} onChoose={onChoose} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** Read when the menu opens. */
function PastRunItems({ me, onChoose }: PastRunsProps): ReactNode {
  const runs = pastRuns(me);
  if (runs.length === 0) return <Menu.Label>Nothing was run here yet.</Menu.Label>;
  return runs.map(({ text, at, facts }) => (
    <Menu.Item key={at + text} onClick={() => onChoose(text)}>
      <code className="clip past-text">{text.replaceAll(/\s+/g, " ")}</code>
      <span className="small dim">
        {facts}, <Moment at={at} />
      </span>
    </Menu.Item>
  ));
}
