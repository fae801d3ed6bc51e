/** The queries that are kept, one's own and those that others share; each opens in a tab of its own. */
import { Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { keptQueriesQuery } from "../../api/queries.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";

export function SavedQueries({ onChoose }: { readonly onChoose: (query: string) => void }): ReactNode {
  return (
    <Menu position="bottom-end" width={340} keepMounted={false}>
      <Menu.Target>
        <Button variant="subtle" size="compact-md" leftSection={<Icon name="save" size={16} />}>
          Saved
        </Button>
      </Menu.Target>
      <Menu.Dropdown className="past-runs">
        <SavedItems onChoose={onChoose} />
      </Menu.Dropdown>
    </Menu>
  );
}

function SavedItems({ onChoose }: { readonly onChoose: (query: string) => void }): ReactNode {
  const { data, error } = useQuery(keptQueriesQuery);
  if (error !== null && data === undefined) return <FailureNote failure={error} />;
  if (data === undefined) return <Menu.Label>Loading</Menu.Label>;
  if (data.queries.length === 0)
    return <Menu.Label>Nothing is saved yet. Save keeps the statement of a tab.</Menu.Label>;
  return data.queries.map(({ query, name, owner, isOwn, changedAt }) => (
    <Menu.Item key={query} onClick={() => onChoose(query)}>
      <bdi className="clip past-text">{shownName(name)}</bdi>
      <span className="small dim">
        {isOwn ? "Yours" : `By ${shownName(owner)}`}, <Moment at={changedAt} />
      </span>
    </Menu.Item>
  ));
}
