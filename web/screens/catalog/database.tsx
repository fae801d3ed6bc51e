/** A database: what it is for, who answers for it, its sources and its tables. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { DatabaseShowAnswer } from "../../../src/client/api-client.ts";
import { databaseQuery, tablesQuery } from "../../api/queries.ts";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { PageHead, Path } from "../../parts/page-head.tsx";
import { Missing } from "../../parts/missing.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import "../../styles/catalog.css";

export function DatabasePage(): ReactNode {
  const { database } = useParams({ from: "/inside/catalog/$database" });
  const shown = useQuery(databaseQuery(database));
  const tables = useQuery(tablesQuery);
  const own = (tables.data?.tables ?? []).filter((table) => table.database === database);
  return (
    <>
      <PageHead title={database} isName path={<Path steps={[{ text: "Catalog", to: "/catalog" }]} />}>
        {shown.data?.description === undefined ? undefined : (
          <p className="text2 page-lead">
            <bdi>{shown.data.description.text}</bdi>
          </p>
        )}
      </PageHead>
      <div className="page-body">
        {shown.error === null ? undefined : <Missing failure={shown.error} name={database} />}
        {shown.data === undefined ? undefined : (
          <p className="text2 section-head">{sentencesOf(shown.data).join(" ")}</p>
        )}
        {shown.error !== null ? undefined : (
          <Loaded query={tables}>
            {() => (
              <div className="card sideways">
                <table className="lines">
                  <caption>Tables of {database}</caption>
                  <thead>
                    <tr>
                      <th>Table</th>
                      <th className="wide-only">Description</th>
                      <th className="right">Rows</th>
                      <th className="right">Changed</th>
                    </tr>
                  </thead>
                  <tbody>
                    {own.map(({ uuid, name, kind, description, rows, updatedAt, link }) => (
                      <tr key={`${uuid} ${name}`}>
                        <td>
                          <Link
                            to="/catalog/$database/$table/{-$tab}"
                            params={{ database, table: name }}
                            className="row table-link"
                          >
                            <Icon name={link !== undefined ? "link" : kind === "view" ? "view" : "table"} />
                            <code className="strong wrap-anywhere">{shownName(name)}</code>
                          </Link>
                        </td>
                        <td className="wide-only text2">
                          <bdi>{description}</bdi>
                        </td>
                        <td className="right">{rows === undefined ? "" : count(rows)}</td>
                        <td className="right text2">{updatedAt === undefined ? "" : <Moment at={updatedAt} />}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Loaded>
        )}
      </div>
    </>
  );
}

function sentencesOf({ links = 0, sources, owners }: DatabaseShowAnswer): readonly string[] {
  const linked = links === 1 ? "One name here is a link to a table" : `${count(links)} names here are links to tables`;
  const fed = sources.length === 0 ? "No source feeds it." : `Fed by ${sources.map(shownName).join(", ")}.`;
  return [
    ...(links === 0 ? [] : [`${linked} of other accounts.`]),
    ...(links > 0 && sources.length === 0 ? [] : [fed]),
    ...(owners.length === 0 ? [] : [`${owners.map(({ who }) => shownName(who)).join(", ")} answers for it.`]),
  ];
}
