/** Home of somebody for whom the lake has nothing yet: three steps for an administrator, whom to ask for anybody else. */
import type { ReactNode } from "react";
import type { StatusAnswer } from "../../../src/client/api-client.ts";
import type { Me } from "../../api/me.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Badge, Tile } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";

interface FirstStepsProps {
  readonly me: Me;
  readonly status: StatusAnswer | undefined;
}

const steps = [
  {
    title: "Connect a source",
    text: "A database whose tables you want in the lake. Its password stays in your environment.",
    command: "headgate source add shop mariadb://reader@host:3306/shop --password-env SHOP_PASSWORD",
  },
  {
    title: "Load its tables",
    text: "All from one consistent state. Later runs read only what changed.",
    command: "headgate sync shop",
  },
  {
    title: "Let people in",
    text: "Add a user, and grant what they may read. The answer has a one-time password for them.",
    command: "headgate user add ann && headgate grant select on database shop to ann",
  },
] as const;

export function FirstSteps({ me, status }: FirstStepsProps): ReactNode {
  if (me.role !== "administrator")
    return (
      <section className="card">
        <Empty icon="table" title="You can read no table yet.">
          <p>Ask whoever answers for the data to grant you a table or a database. It shows up here at once.</p>
        </Empty>
      </section>
    );
  const done = (status?.sources.length ?? 0) > 0 ? 1 : 0;
  return (
    <section className="card" aria-labelledby="first-steps">
      <div className="card-head">
        <h2 id="first-steps">Three steps to begin</h2>
      </div>
      <ol className="list">
        {steps.map(({ title, text, command }, place) => (
          <li key={title} className="step">
            <Tile
              icon={place < done ? "check" : place === 0 ? "database" : place === 1 ? "sources" : "people"}
              tone={place < done ? "ok" : "busy"}
            />
            <div className="grow">
              <div className="row">
                <b>{title}</b>
                {place < done ? (
                  <Badge tone="ok" icon="check">
                    Done
                  </Badge>
                ) : undefined}
              </div>
              <p className="small dim">{text}</p>
              <div className="command">
                <code>{command}</code>
                <CopyButton text={command} label={`Copy the command: ${title}`} isBare />
              </div>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
