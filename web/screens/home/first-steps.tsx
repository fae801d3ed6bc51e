/** Home of somebody for whom the lake has nothing yet: three steps for an administrator, whom to ask for anybody else. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { StatusAnswer } from "../../../src/client/api-client.ts";
import type { Me } from "../../api/me.ts";
import { Badge, Tile } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";

interface FirstStepsProps {
  readonly me: Me;
  readonly status: StatusAnswer | undefined;
}

const steps = [
  {
    title: "Add a source",
    text: "A database whose tables you want in the lake. Headgate only reads from it.",
    to: "/sources/new-source",
    act: "Add a source",
    icon: "database",
  },
  {
    title: "Load its tables",
    text: "All from one consistent state. Later runs read only what changed.",
    to: "/sources",
    act: "See the sources",
    icon: "sources",
  },
  {
    title: "Let people in",
    text: "Add them, and give them access to what they may read.",
    to: "/people",
    act: "Add people",
    icon: "people",
  },
] as const;

export function FirstSteps({ me, status }: FirstStepsProps): ReactNode {
  if (me.role !== "administrator")
    return (
      <section className="card">
        <Empty icon="table" title="You can read no table yet.">
          <p>
            <Link to="/sharing/ask">Find data and ask for it</Link>, or ask whoever answers for it to grant you a table
            or a database. It shows up here at once.
          </p>
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
        {steps.map(({ title, text, to, act, icon }, place) => (
          <li key={title} className="step">
            <Tile icon={place < done ? "check" : icon} tone={place < done ? "ok" : "busy"} />
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
            </div>
            <Button component={Link} to={to} variant={place === done ? "filled" : "default"}>
              {act}
            </Button>
          </li>
        ))}
      </ol>
    </section>
  );
}
