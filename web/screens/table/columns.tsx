/** The columns of a table with type, description and marks; how full they are and what they hold, on request. */
import { Button, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { Badge } from "../../parts/badge.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { count, share } from "../../parts/numbers.ts";
import { piiWord } from "../../parts/pii.ts";
import { isSensitive } from "./is-sensitive.ts";
import { useOwnRight } from "./own-right.ts";
import { useProfile, type ColumnProfile } from "./profile.ts";
import { useProposals } from "./proposals.tsx";
import { typeText } from "./type-text.ts";

const mostShown = 200;

export function Columns({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const [words, setWords] = useState("");
  const [isAll, setIsAll] = useState(false);
  const right = useOwnRight(table);
  const profile = useProfile(table);
  const proposed = new Map(useProposals(table).map((proposal) => [proposal.column, proposal.class]));
  const found = table.columns.filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase()));
  const shown = isAll ? found : found.slice(0, mostShown);
  const withProfile = profile.data !== undefined;
  return (
    <section aria-labelledby="columns">
      <div className="section-head">
        <h2 id="columns">Columns</h2>
        <span className="dim number">{count(table.columns.length)}</span>
        <span className="grow" />
        {right?.reads === "nothing" || withProfile ? undefined : (
          <Button
            variant="default"
            size="compact-md"
            loading={profile.isFetching}
            onClick={() => void profile.refetch()}
          >
            Profile the columns
          </Button>
        )}
        <TextInput
          className="wide-only find-column"
          aria-label="Find a column"
          placeholder="Find a column"
          leftSection={<Icon name="search" size={16} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      {profile.error === null ? undefined : <FailureNote failure={profile.error} />}
      <div className="card sideways" tabIndex={0} role="group" aria-label="Columns">
        <table className="lines columns">
          <caption>Columns of {table.name}</caption>
          <thead>
            <tr>
              <th>Name and type</th>
              <th className="wide-only">Description</th>
              <th>Sensitive</th>
              {withProfile ? <th className="right wide-only">Empty</th> : undefined}
              {withProfile ? <th className="wide-only">Values</th> : undefined}
            </tr>
          </thead>
          <tbody>
            {shown.map((column) => (
              <ColumnLine
                key={column.name}
                column={column}
                isKey={isKey(table, column.name)}
                proposed={proposed.get(column.name)}
                mask={right?.masks.get(column.name)}
                profile={profile.data === undefined ? undefined : (profile.data.get(column.name) ?? "none")}
              />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < found.length ? <More all={found.length} onAll={() => setIsAll(true)} /> : undefined}
    </section>
  );
}

function More({ all, onAll }: { readonly all: number; readonly onAll: () => void }): ReactNode {
  return (
    <p className="small section-head">
      First {count(mostShown)} of {count(all)} columns.
      <Button variant="subtle" size="compact-sm" onClick={onAll}>
        Show all
      </Button>
    </p>
  );
}

interface ColumnLineProps {
  readonly column: TableShowAnswer["columns"][number];
  readonly isKey: boolean;
  readonly proposed: string | undefined;
  readonly mask: string | undefined;
  /** Undefined if nobody has asked for the profile; none if this column has none. */
  readonly profile: ColumnProfile | "none" | undefined;
}

function ColumnLine({ column, isKey: isInKey, proposed, mask, profile }: ColumnLineProps): ReactNode {
  return (
    <tr className={proposed === undefined ? "" : "proposed"}>
      <td className="column-name">
        <code className="strong wrap-anywhere">
          <bdi>{shownName(column.name)}</bdi>
        </code>
        {isInKey ? (
          <span className="dim key" title="Key">
            <Icon name="key" size={14} />
            <span className="unseen">key</span>
          </span>
        ) : undefined}
        <div className="type">
          <code>{typeText(column.type)}</code>
        </div>
      </td>
      <td className="wide-only text2 column-text">
        <bdi>{column.description?.text}</bdi>
      </td>
      <td>
        <ColumnMarks parameters={column.parameters} proposed={proposed} mask={mask} />
      </td>
      {profile === undefined ? undefined : <ProfileCells profile={profile === "none" ? undefined : profile} />}
    </tr>
  );
}

function isKey({ key }: TableShowAnswer, column: string): boolean {
  return (key ?? "").split(", ").includes(column);
}

interface ColumnMarksProps {
  readonly parameters: Readonly<Record<string, string>>;
  readonly proposed: string | undefined;
  readonly mask: string | undefined;
}

function ColumnMarks({ parameters, proposed, mask }: ColumnMarksProps): ReactNode {
  return (
    <span className="row wrap">
      {isSensitive(parameters) ? (
        <Badge tone="pii" icon="sensitive">
          {parameters["pii_class"] === undefined ? "Personal" : piiWord(parameters["pii_class"])}
        </Badge>
      ) : proposed === undefined ? undefined : (
        <Badge tone="proposed" icon="sensitive">
          {piiWord(proposed)}?
        </Badge>
      )}
      {mask === undefined ? undefined : (
        <Badge tone="pii" icon="masked">
          Masked: {mask}
        </Badge>
      )}
    </span>
  );
}

function ProfileCells({ profile }: { readonly profile: ColumnProfile | undefined }): ReactNode {
  if (profile === undefined)
    return (
      <>
        <td className="wide-only" />
        <td className="wide-only" />
      </>
    );
  return (
    <>
      <td className="right wide-only nowrap">
        <span className="row">
          <span className={profile.empty === 0 ? "dim" : ""}>{share(profile.empty)}</span>
          <span className="bar" aria-hidden="true">
            <span style={{ width: `${profile.empty * 100}%` }} />
          </span>
        </span>
      </td>
      <td className="wide-only distinct">
        <span className="number">{count(profile.distinct)}</span> <span className="small dim">distinct</span>
        <div className="small dim clip">
          <bdi>{profile.least === null ? "" : `${shownName(profile.least)} … ${shownName(profile.most ?? "")}`}</bdi>
        </div>
      </td>
    </>
  );
}
