/** Finds what one may know and not read yet, by name, column or description, and adds it to a request. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState, type ReactNode } from "react";
import type { Found } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { mineQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { SensitiveBadge } from "./sensitive-badge.tsx";

interface FindDataProps {
  readonly chosen: readonly string[];
  readonly isLacking: boolean;
  readonly onAdd: (name: string) => void;
}

const mostShown = 8;

export function FindData({ chosen, isLacking, onAdd }: FindDataProps): ReactNode {
  const [text, setText] = useState("");
  const sought = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ["search", sought],
    queryFn: () => api.catalogSearch({ ...(sought === "" ? {} : { text: sought }), limit: 40 }),
    placeholderData: (before) => before,
  });
  const { data: mine } = useQuery(mineQuery);
  const whole = new Set(mine?.reached.filter(({ reads }) => reads === "whole").map(({ resource }) => resource));
  // Whoever reads a part of a table may ask for the rest; of a database, the server says only that something is readable.
  const isWhole = ({ kind, name, state }: Found): boolean =>
    kind === "table" ? whole.has(name) : state === "readable";
  return (
    <div className="stack find-data">
      <TextField
        label="What you need"
        value={text}
        onType={setText}
        hint="A table, a database, a column, or a word of a description."
        error={isLacking ? "Add at least one table or database." : undefined}
      />
      <Loaded query={found} lines={3}>
        {({ results, total }) => {
          const open = results.filter(
            (thing) =>
              (thing.kind === "table" || thing.kind === "database") &&
              !isWhole(thing) &&
              !chosen.includes(nameOf(thing)),
          );
          return open.length === 0 ? (
            <p className="small dim">
              {total === 0
                ? `Nothing named “${sought}” that you may know of.`
                : "You can read all of this already, or have added it."}
            </p>
          ) : (
            <>
              <ul className="card list tight" aria-label="Found">
                {open.slice(0, mostShown).map((thing) => (
                  <FoundThing key={`${thing.kind} ${thing.account} ${thing.name}`} thing={thing} onAdd={onAdd} />
                ))}
              </ul>
              {open.length > mostShown ? (
                <p className="small dim">{count(open.length - mostShown)} more. Type more of the name.</p>
              ) : undefined}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function FoundThing({ thing, onAdd }: { readonly thing: Found; readonly onAdd: FindDataProps["onAdd"] }): ReactNode {
  const { kind, name, description, sensitivity, state } = thing;
  return (
    <li>
      <Icon name={kind === "table" ? "table" : "database"} />
      <span className="grow wrap-anywhere">
        <code className="strong">{shownName(name)}</code>
        {description === undefined ? undefined : <span className="small dim block">{description}</span>}
      </span>
      <SensitiveBadge of={sensitivity} />
      {state === "requested" ? (
        <Badge tone="warn" icon="waiting">
          Requested
        </Badge>
      ) : (
        <Button size="compact-md" variant="default" onClick={() => onAdd(nameOf(thing))}>
          Add<span className="unseen"> {shownName(name)}</span>
        </Button>
      )}
    </li>
  );
}

function nameOf({ kind, name }: Pick<Found, "kind" | "name">): string {
  return kind === "database" ? `${name}.*` : name;
}
