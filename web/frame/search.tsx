/** Search over everything that has a name: pages first from memory, then tables and databases. Opened by Ctrl K or "/". */
import { Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { createSpotlight } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { databasesQuery, tablesQuery } from "../api/queries.ts";
import { Icon } from "../parts/icon.tsx";
import { shownName } from "../parts/names.ts";
import { administering, governing, operating, places, proving, settling } from "./places.ts";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/spotlight/styles.css";

interface SearchProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const [store, control] = createSpotlight();
const mostShown = 30;

export function Search({ isOpen, onClose }: SearchProps): ReactNode {
  const [text, setText] = useState("");
  const found = useFound(text);
  useEffect(() => (isOpen ? control.open() : control.close()), [isOpen]);
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      shortcut={null}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      scrollable
      yOffset="12vh"
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      title="Search"
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder="Tables, databases, pages"
        aria-label="Search"
        leftSection={<Icon name="search" />}
      />
      <Spotlight.ActionsList>
        {found.map((action) => (
          <Spotlight.Action key={action.id} {...action} />
        ))}
        {found.length === 0 ? <Spotlight.Empty>Nothing named "{text}".</Spotlight.Empty> : undefined}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Names that begin with the text come before those that contain it, and these before descriptions. */
function useFound(text: string): readonly SpotlightActionData[] {
  const navigate = useNavigate();
  const { data: tables } = useQuery(tablesQuery);
  const { data: databases } = useQuery(databasesQuery);
  return useMemo(() => {
    const go = (to: string) => (): void => void navigate({ to });
    const pages = [...places, ...governing, ...administering, ...operating, ...proving, ...settling].map(
      ({ to, name, icon }) => ({
        id: `page ${to}`,
        label: name,
        description: "Page",
        name,
        onClick: go(to.replace(/\/\{.*/, "")),
        leftSection: <Icon name={icon} />,
      }),
    );
    const things = (tables?.tables ?? []).map(({ database, name, kind, description = "" }) => ({
      id: `table ${database}\0${name}`,
      label: shownName(`${database}.${name}`),
      description: description === "" ? (kind === "view" ? "View" : "Table") : description,
      name,
      onClick: go(`/catalog/${encodeURIComponent(database)}/${encodeURIComponent(name)}`),
      leftSection: <Icon name={kind === "view" ? "view" : "table"} />,
    }));
    const homes = (databases?.databases ?? []).map(({ name, description = "" }) => ({
      id: `database ${name}`,
      label: shownName(name),
      description: description === "" ? "Database" : description,
      name,
      onClick: go(`/catalog/${encodeURIComponent(name)}`),
      leftSection: <Icon name="database" />,
    }));
    return [...pages, ...homes, ...things]
      .map((hit) => ({ hit, rank: rankOf(text.trim().toLowerCase(), hit) }))
      .filter(({ rank }) => rank < 4)
      .sort((one, other) => one.rank - other.rank)
      .slice(0, mostShown)
      .map(({ hit }) => hit);
  }, [text, tables, databases, navigate]);
}

interface Named {
  readonly name: string;
  readonly label: string;
  readonly description: string;
}

function rankOf(text: string, { name, label, description }: Named): number {
  if (text === "" || name.toLowerCase().startsWith(text)) return 0;
  if (label.toLowerCase().startsWith(text)) return 1;
  if (label.toLowerCase().includes(text)) return 2;
  return description.toLowerCase().includes(text) ? 3 : 4;
}
