/** Everything that the person who looks can reach: which tables they read, as a whole or in part, by which grant, and until when. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AccessMineAnswer, Reached } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { mineQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { addressOf } from "../../parts/table-address.ts";
import { Loaded } from "../../parts/waiting.tsx";

/** The answer first: how much somebody can read. */
export function MySentence(): ReactNode {
  const { data } = useQuery(mineQuery);
  return <p className="text2 page-lead">{data === undefined ? "Loading" : sentenceOf(data)}</p>;
}

export function MyAccess(): ReactNode {
  const mine = useQuery(mineQuery);
  return (
    <Loaded query={mine} lines={6}>
      {({ reached }) =>
        reached.length === 0 ? (
          <Empty icon="access" title="Nothing is granted to you yet.">
            <p>
              <Link to="/sharing/ask">Find data and ask for it</Link>.
            </p>
          </Empty>
        ) : (
          <ReachedTable reached={reached} />
        )
      }
    </Loaded>
  );
}

function sentenceOf({ everything, reached }: AccessMineAnswer): string {
  if (everything) return "You own this server's data directory and may do everything.";
  const whole = reached.filter(({ reads }) => reads === "whole").length;
  const part = reached.filter(({ reads }) => reads === "part").length;
  if (whole + part === 0) return "You can read no table.";
  if (part === 0) return `You can read ${counted(whole, "table")}.`;
  return `You can read ${counted(whole + part, "table")}, ${whole === 0 ? "all" : part} of them in part.`;
}

function ReachedTable({ reached }: { readonly reached: readonly Reached[] }): ReactNode {
  const me = useMe();
  return (
    <div className="card sideways" tabIndex={0} role="group" aria-label="What you can reach">
      <table className="lines">
        <caption>What you can reach</caption>
        <thead>
          <tr>
            <th>What</th>
            <th>You</th>
            <th className="wide-only">By</th>
            <th className="wide-only">Until</th>
            <th>
              <span className="unseen">Why</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {reached.map((thing) => (
            <tr key={`${thing.resource} ${thing.account}`}>
              <td className="wrap-anywhere">
                {thing.kind === "table" ? (
                  <Link to={addressOf(thing.resource)} className="table-link">
                    <code className="strong">{shownName(thing.resource)}</code>
                  </Link>
                ) : (
                  <span>{shownName(thing.resource)}</span>
                )}
              </td>
              <td>
                <Reading thing={thing} />
              </td>
              <td className="wide-only text2">{[...new Set(thing.ways.map(byWords))].join("; ")}</td>
              <td className="wide-only text2">
                <Until thing={thing} />
              </td>
              <td>
                <Link to="/access/explain" search={{ who: me?.name, table: thing.resource }}>
                  Why?<span className="unseen"> {thing.resource}</span>
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Reading({ thing: { reads, columns, actions, ways } }: { readonly thing: Reached }): ReactNode {
  if (reads === "whole")
    return (
      <Badge tone="ok" icon="check">
        Read everything
      </Badge>
    );
  const masks = new Set(ways.flatMap((way) => way.masks.map(({ column }) => column)));
  if (reads === "part")
    return (
      <span className="row wrap">
        <Badge tone="plain">{columns === null ? "Read some rows" : `Read ${counted(columns.length, "column")}`}</Badge>
        {masks.size === 0 ? undefined : (
          <Badge tone="pii" icon="masked">
            {masks.size} masked
          </Badge>
        )}
      </span>
    );
  return <span className="text2">{verbs(actions)}</span>;
}

function verbs(actions: Reached["actions"]): string {
  const words = {
    watch: "see it",
    read: "read",
    operate: "operate it",
    alter: "change it",
    administer: "administer it",
  };
  return actions.map((action) => words[action]).join(", ");
}

function byWords({ to, on, through }: Reached["ways"][number]): string {
  return through.length === 0 ? `a grant to ${to} on ${on}` : `${to}, on ${on}`;
}

function Until({ thing: { ways } }: { readonly thing: Reached }): ReactNode {
  if (ways.length === 0 || ways.some(({ until }) => until === null)) return "no end";
  const last =
    ways
      .map(({ until }) => until ?? "")
      .toSorted()
      .at(-1) ?? "";
  return <Moment at={last} />;
}
