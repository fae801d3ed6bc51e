/** The columns of a table with type, description and marks; how full they are and what they hold, on request. Of thousands, only those in view are in the page. */
import { Button, TextInput } from "@mantine/core";
import { memo, useMemo, useState, type ReactNode } from "react";
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
import { shownWhole, useRowsInView } from "./rows-in-view.ts";
import { typeText } from "./type-text.ts";

const usualHeight = 46;
const fewColumns = 30;

export function Columns({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const [words, setWords] = useState("");
  const right = useOwnRight(table);
  const profile = useProfile(table);
  const proposals = useProposals(table);
  const proposed = useMemo(() => new Map(proposals.map((one) => [one.column, one.class])), [proposals]);
  const found = useMemo(
    () => table.columns.filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase())),
    [table.columns, words],
  );
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
          className={table.columns.length > fewColumns ? "find-column" : "wide-only find-column"}
          aria-label="Find a column"
          placeholder="Find a column"
          leftSection={<Icon name="search" size={16} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      {profile.error === null ? undefined : <FailureNote failure={profile.error} />}
      <div className="card sideways" tabIndex={0} role="group" aria-label="Columns">
        <table
          className={found.length > shownWhole ? "lines columns even" : "lines columns"}
          aria-rowcount={found.length + 1}
        >
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
          <ColumnRows table={table} found={found} proposed={proposed} masks={right?.masks} profiles={profile.data} />
        </table>
        {found.length === 0 ? <p className="small dim card-body">No column is named “{words}”.</p> : undefined}
      </div>
    </section>
  );
}

interface ColumnRowsProps {
  readonly table: TableShowAnswer;
  readonly found: TableShowAnswer["columns"];
  /** The proposed class by the name of the column. */
  readonly proposed: ReadonlyMap<string, string>;
  readonly masks: ReadonlyMap<string, string> | undefined;
  readonly profiles: ReadonlyMap<string, ColumnProfile> | undefined;
}

/** The rows alone are drawn again while the page scrolls. */
function ColumnRows({ table, found, proposed, masks, profiles }: ColumnRowsProps): ReactNode {
  const { frame, rows, above, below, measure } = useRowsInView(found, usualHeight);
  return (
    <tbody ref={frame}>
      {above === 0 ? undefined : <Room height={above} />}
      {rows.map(({ item: column, index }) => (
        <ColumnLine
          key={column.name}
          index={index}
          measure={measure}
          column={column}
          isKey={isKey(table, column.name)}
          proposed={proposed.get(column.name)}
          mask={masks?.get(column.name)}
          profile={profiles === undefined ? undefined : (profiles.get(column.name) ?? "none")}
        />
      ))}
      {below === 0 ? undefined : <Room height={below} />}
    </tbody>
  );
}

/** The room of the columns that are not in view. */
function Room({ height }: { readonly height: number }): ReactNode {
  return (
    <tr aria-hidden="true" className="room">
      <td colSpan={5} style={{ height }} />
    </tr>
  );
}

interface ColumnLineProps {
  readonly index: number;
  readonly measure: (row: HTMLTableRowElement | null) => void;
  readonly column: TableShowAnswer["columns"][number];
  readonly isKey: boolean;
  readonly proposed: string | undefined;
  readonly mask: string | undefined;
  /** Undefined if nobody has asked for the profile; none if this column has none. */
  readonly profile: ColumnProfile | "none" | undefined;
}

const ColumnLine = memo(function ColumnLine(props: ColumnLineProps): ReactNode {
  const { index, measure, column, isKey: isInKey, proposed, mask, profile } = props;
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2} className={proposed === undefined ? "" : "proposed"}>
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
});

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
