/** Everything that is granted, as far as the one who looks may know it: who, what, until when, from where; giving and revoking. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Grant } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { GiveDialog } from "./give-dialog.tsx";
import { RevokeGrantDialog } from "./revoke-grant-dialog.tsx";

const mostShown = 200;

export function Grants(): ReactNode {
  const grants = useQuery({ queryKey: ["access", "grants"], queryFn: () => api.grantList({}) });
  const [sought, setSought] = useState("");
  const [isGiving, setIsGiving] = useState(false);
  const [revoking, setRevoking] = useState<Grant>();
  const words = sought.toLowerCase();
  const fits = ({ to, on, permissions }: Grant): boolean =>
    `${to} ${on} ${permissions.join(" ")}`.toLowerCase().includes(words);
  return (
    <>
      <div className="row wrap">
        <input
          className="input governing-find"
          aria-label="Find a grant"
          placeholder="Who, or what"
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
        <span className="grow" />
        <Button leftSection={<Icon name="add" size={16} />} onClick={() => setIsGiving(true)}>
          Give access
        </Button>
      </div>
      <Loaded query={grants} lines={8}>
        {({ grants: all }) => {
          const found = all.filter(fits);
          if (found.length === 0)
            return (
              <Empty icon="access" title={all.length === 0 ? "No grants that you may know of." : "No grant fits."}>
                <p>
                  {all.length === 0
                    ? "Those who administer a thing see what is granted on it."
                    : "Type less of the name."}
                </p>
              </Empty>
            );
          return (
            <>
              <GrantTable grants={found.slice(0, mostShown)} onRevoke={setRevoking} />
              {found.length > mostShown ? (
                <p className="small dim">
                  {count(mostShown)} of {counted(found.length, "grant")}. Type a name to find the others.
                </p>
              ) : undefined}
            </>
          );
        }}
      </Loaded>
      {isGiving ? <GiveDialog onClose={() => setIsGiving(false)} /> : undefined}
      {revoking === undefined ? undefined : (
        <RevokeGrantDialog grant={revoking} onClose={() => setRevoking(undefined)} />
      )}
    </>
  );
}

interface GrantTableProps {
  readonly grants: readonly Grant[];
  readonly onRevoke: (grant: Grant) => void;
}

function GrantTable({ grants, onRevoke }: GrantTableProps): ReactNode {
  return (
    <div className="card sideways" tabIndex={0} role="group" aria-label="Grants">
      <table className="lines">
        <caption>Grants</caption>
        <thead>
          <tr>
            <th>Who</th>
            <th>What</th>
            <th className="wide-only">Until</th>
            <th className="wide-only">From</th>
            <th>
              <span className="unseen">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {grants.map((grant) => (
            <tr key={grant.id}>
              <td>
                <span className="row wrap-anywhere">
                  <Avatar name={grant.to} />
                  <b>{shownName(grant.to)}</b>
                </span>
              </td>
              <td className="wrap-anywhere">
                {grant.permissions.join(", ")} on <code>{shownName(grant.on)}</code>
                <span className="small dim block">{limitsOf(grant)}</span>
              </td>
              <td className="wide-only text2">{grant.until === null ? "no end" : <Moment at={grant.until} />}</td>
              <td className="wide-only text2">
                <span className="row wrap">
                  {fromWords(grant)}
                  {grant.state === "active" ? undefined : <Badge tone="plain">{grant.state}</Badge>}
                </span>
              </td>
              <td className="right">
                <Button size="compact-md" variant="subtle" onClick={() => onRevoke(grant)}>
                  Revoke…
                  <span className="unseen">
                    {" "}
                    {grant.to} on {grant.on}
                  </span>
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function limitsOf({ columns, filter, grantable, why }: Grant): string {
  const names = columns?.names.map(shownName).join(", ") ?? "";
  return [
    columns === null ? "" : columns.mode === "include" ? `only ${names}` : `all but ${names}`,
    filter === null ? "" : `filter ${shownName(filter)}`,
    grantable ? "may be passed on" : "",
    why ?? "",
  ]
    .filter((text) => text !== "")
    .join("; ");
}

function fromWords({ origin, grantedBy, passedOnFrom }: Grant): string {
  if (origin === "yaml") return "headgate.yaml";
  if (origin !== null) return shownName(origin);
  return `${grantedBy === "local" ? "the server’s owner" : shownName(grantedBy)}${passedOnFrom === null ? "" : ", passed on"}`;
}
