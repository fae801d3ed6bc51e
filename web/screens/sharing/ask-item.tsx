/** One thing that is asked for: all of it, or chosen columns and rows of a table. */
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { AskedItem } from "../../../src/client/api-client.ts";
import { tableQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { isSensitive } from "../table/is-sensitive.ts";
import { isOneTable } from "./request-words.ts";

interface AskItemProps {
  readonly item: AskedItem;
  readonly onChange: (item: AskedItem) => void;
  readonly onRemove: () => void;
}

export function AskItem({ item, onChange, onRemove }: AskItemProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const isTable = isOneTable(item.on);
  const { data: table } = useQuery({ ...tableQuery(item.on), enabled: isTable });
  const all = table?.columns.map(({ name }) => name) ?? [];
  const chosen = new Set(item.columns ?? all);
  const toggle = (name: string): void => {
    const columns = all.filter((one) => (one === name ? !chosen.has(one) : chosen.has(one)));
    const { on, rows } = item;
    const whole = { on, ...(rows === undefined ? {} : { rows }) };
    if (columns.length > 0) onChange(columns.length === all.length ? whole : { ...whole, columns });
  };
  return (
    <div className="card thing">
      <div className="thing-head">
        <Icon name={isTable ? "table" : "database"} size={16} />
        <code className="strong wrap-anywhere">{shownName(item.on)}</code>
        <span className="small dim grow">
          {all.length === 0
            ? isTable
              ? ""
              : "all tables"
            : item.columns === undefined
              ? `all ${counted(all.length, "column")}`
              : `${chosen.size} of ${counted(all.length, "column")}`}
        </span>
        {isTable && all.length > 0 ? (
          <button type="button" className="link small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {isOpen ? "Fold" : "Choose columns"}
          </button>
        ) : undefined}
        <button type="button" className="bare" aria-label={`Leave out ${shownName(item.on)}`} onClick={onRemove}>
          <Icon name="close" size={16} />
        </button>
      </div>
      {!isOpen ? undefined : (
        <>
          <ul className="thing-columns">
            {(table?.columns ?? []).map(({ name, parameters }) => (
              <li key={name}>
                <label className="tick-label">
                  <input type="checkbox" className="tick" checked={chosen.has(name)} onChange={() => toggle(name)} />
                  <code>{shownName(name)}</code>
                </label>
                {isSensitive(parameters) ? (
                  <Badge tone="pii" icon="sensitive">
                    Sensitive
                  </Badge>
                ) : undefined}
              </li>
            ))}
          </ul>
          <div className="thing-field">
            <TextField
              label="Only rows with"
              isName
              value={item.rows ?? ""}
              hint="For example country = 'DE'. Empty: all rows."
              onType={(rows) => {
                const { rows: _before, ...rest } = item;
                onChange(rows === "" ? rest : { ...rest, rows });
              }}
            />
          </div>
        </>
      )}
    </div>
  );
}
