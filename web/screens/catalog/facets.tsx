/** The facets at the left of the catalog, each with how many tables it leaves. */
import type { ReactNode } from "react";
import type { ListedTable } from "../../../src/client/api-client.ts";
import { shownName, tableName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import type { CatalogSearch } from "./catalog-search.ts";

interface FacetsProps {
  readonly known: {
    readonly tables: readonly ListedTable[];
    readonly readable: (table: ListedTable) => boolean;
    readonly late: ReadonlySet<string>;
  };
  readonly search: CatalogSearch;
  readonly onChange: (change: CatalogSearch) => void;
}

export function Facets({ known: { tables, readable, late }, search, onChange }: FacetsProps): ReactNode {
  const byDatabase = Map.groupBy(tables, ({ database }) => database);
  const kinds = [
    { only: "readable", name: "I can read", size: tables.filter(readable).length },
    { only: "views", name: "Views", size: tables.filter(({ kind }) => kind === "view").length },
    {
      only: "late",
      name: "Late",
      size: tables.filter((table) => late.has(tableName(table.database, table.name))).length,
    },
  ] as const;
  return (
    <aside className="facets" aria-label="Filters">
      <h2>Show</h2>
      <Facet
        name="Everything"
        size={tables.length}
        isOn={search.only === undefined}
        onChoose={() => onChange({ only: undefined })}
      />
      {kinds.map(({ only, name, size }) =>
        size === 0 && search.only !== only ? undefined : (
          <Facet key={only} name={name} size={size} isOn={search.only === only} onChoose={() => onChange({ only })} />
        ),
      )}
      <h2>Database</h2>
      <Facet
        name="All"
        size={tables.length}
        isOn={search.database === undefined}
        onChoose={() => onChange({ database: undefined })}
      />
      {[...byDatabase].map(([database, found]) => (
        <Facet
          key={database}
          name={database}
          isName
          size={found.length}
          isOn={search.database === database}
          onChoose={() => onChange({ database })}
        />
      ))}
    </aside>
  );
}

interface FacetProps {
  readonly name: string;
  readonly size: number;
  readonly isOn: boolean;
  readonly isName?: boolean;
  readonly onChoose: () => void;
}

function Facet({ name, size, isOn, isName = false, onChoose }: FacetProps): ReactNode {
  return (
    <button type="button" className="facet" aria-pressed={isOn} onClick={onChoose}>
      {isName ? <code className="clip">{shownName(name)}</code> : <span className="clip">{name}</span>}
      <span className="dim number">{count(size)}</span>
    </button>
  );
}
