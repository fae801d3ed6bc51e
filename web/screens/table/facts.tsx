/** Facts about a table that fit on one line each: who answers for it, where it is from, how large it is. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { formatJson } from "../../../src/base/json.ts";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { bytes, count, counted } from "../../parts/numbers.ts";
import { addressOf } from "../../parts/table-address.ts";

export function Facts({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const { rows, bytes: size, files, updatedAt, source, owners, stewards, parameters, key, partitioned, mark } = table;
  const owner = owners.map(({ who }) => who).join(", ") || parameters["data_owner_name"] || parameters["data_owner"];
  return (
    <section className="card" aria-labelledby="facts">
      <div className="card-head">
        <h2 id="facts">Facts</h2>
      </div>
      <div className="card-body">
        <dl className="facts">
          <Fact name="Owner">{owner ?? <span className="dim">nobody yet</span>}</Fact>
          {stewards.length === 0 ? undefined : <Fact name="Steward">{stewards.map(({ who }) => who).join(", ")}</Fact>}
          {source === undefined ? undefined : (
            <Fact name="Source">
              <Link to="/sources/{-$source}" params={{ source: source.split(":")[0] }}>
                {source}
              </Link>
            </Fact>
          )}
          {rows === undefined ? undefined : <Fact name="Rows">{count(rows)}</Fact>}
          {size === undefined ? undefined : (
            <Fact name="Size">
              {bytes(size)} in {counted(files ?? 0, "file")}
            </Fact>
          )}
          {updatedAt === undefined ? undefined : (
            <Fact name="Last change">
              <Moment at={updatedAt} />
            </Fact>
          )}
          {key === undefined ? undefined : (
            <Fact name="Key">
              <code>{shownName(key)}</code>
            </Fact>
          )}
          {partitioned === undefined || partitioned === null || partitioned === "no" ? undefined : (
            <Fact name="Layout">
              <code>{typeof partitioned === "string" ? partitioned : formatJson(partitioned)}</code>
            </Fact>
          )}
          {mark === undefined ? undefined : (
            <Fact name={mark.mark === "certified" ? "Certified" : "Deprecated"}>
              {mark.reason}
              {mark.successor === undefined ? undefined : (
                <>
                  , use <Link to={addressOf(mark.successor)}>{mark.successor}</Link>
                </>
              )}
            </Fact>
          )}
        </dl>
        <UsedBy views={table.usedBy} />
      </div>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </>
  );
}

function UsedBy({ views }: { readonly views: readonly string[] }): ReactNode {
  if (views.length === 0) return undefined;
  return (
    <p className="small used-by">
      Read by{" "}
      {views.map((view, place) => (
        <span key={view}>
          {place === 0 ? "" : ", "}
          <Link to={addressOf(view)}>
            <code>{shownName(view)}</code>
          </Link>
        </span>
      ))}
    </p>
  );
}
