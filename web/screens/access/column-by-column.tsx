/** Each column of a table as somebody sees it: as it is, masked, or not at all. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { AccessExplainAnswer } from "../../../src/client/api-client.ts";
import { tableQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { piiWord } from "../../parts/pii.ts";
import { isSensitive } from "../table/is-sensitive.ts";
import { maskWords } from "../table/own-right.ts";

export function ColumnByColumn({
  answer: { principal, resource, columns, actions },
}: {
  readonly answer: AccessExplainAnswer;
}): ReactNode {
  const { data: table } = useQuery(tableQuery(resource));
  const read = actions.find(({ action }) => action === "read");
  const masks = new Map(
    read?.ways.flatMap((way) => way.masks.map(({ column, mask }) => [column, maskWords(mask)] as const)),
  );
  const shown = new Set(read?.allowed === true ? (columns?.shown ?? []) : []);
  const all = [...(columns?.shown ?? []), ...(columns?.hidden ?? [])];
  const order = new Map((table?.columns ?? []).map(({ name }, place) => [name, place] as const));
  const sorted = all.toSorted((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
  const masked = sorted.filter((name) => shown.has(name) && masks.has(name)).length;
  return (
    <section aria-labelledby="by-column">
      <div className="section-head">
        <h2 id="by-column">Column by column</h2>
        <span className="grow" />
        <span className="small dim">
          {shown.size - masked} seen, {masked} masked, {all.length - shown.size} hidden
        </span>
      </div>
      <div className="card sideways" tabIndex={0} role="group" aria-label="Columns">
        <table className="lines by-column">
          <thead>
            <tr>
              <th>Column</th>
              <th>{principal}</th>
              <th>Sensitive</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((name) => (
              <tr key={name}>
                <td>
                  <code className={shown.has(name) ? "strong" : "dim"}>
                    <bdi>{shownName(name)}</bdi>
                  </code>
                </td>
                <td>
                  <Seen isShown={shown.has(name)} mask={masks.get(name)} />
                </td>
                <td>
                  <Sensitive parameters={table?.columns.find((column) => column.name === name)?.parameters} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Seen({ isShown, mask }: { readonly isShown: boolean; readonly mask: string | undefined }): ReactNode {
  if (!isShown)
    return (
      <span className="row dim">
        <Icon name="hidden" size={16} />
        Hidden
      </span>
    );
  if (mask !== undefined)
    return (
      <span className="row masked strong">
        <Icon name="masked" size={16} />
        {mask}
      </span>
    );
  return (
    <span className="row good strong">
      <Icon name="view" size={16} />
      Sees
    </span>
  );
}

function Sensitive({ parameters }: { readonly parameters: Readonly<Record<string, string>> | undefined }): ReactNode {
  if (parameters === undefined || !isSensitive(parameters)) return undefined;
  return (
    <Badge tone="pii" icon="sensitive">
      {parameters["pii_class"] === undefined ? "Personal" : piiWord(parameters["pii_class"])}
    </Badge>
  );
}
