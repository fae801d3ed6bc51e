/**
 * Explore, for people who know their data and no SQL: steps at the left, the live result at the right, the statement that
 * they make below. Everything runs as an ordinary statement under the rights of whoever looks.
 */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Chart } from "../../../src/client/api-client.ts";
import { keptQueryQuery } from "../../api/queries.ts";
import { AddToBoard } from "../../parts/kept/add-to-board.tsx";
import { SaveDialog } from "../../parts/kept/save-dialog.tsx";
import { Missing } from "../../parts/missing.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { partsOf } from "../../parts/table-address.ts";
import { Shape } from "../../parts/waiting.tsx";
import { Answer } from "./answer.tsx";
import { PickTable } from "./pick-table.tsx";
import { questionFrom } from "./question-from.ts";
import { sqlOf, ValueError } from "./question-sql.ts";
import { begun, type Question } from "./question.ts";
import { Steps } from "./steps.tsx";
import "../../styles/explore.css";

export function Explore(): ReactNode {
  const { q, query, table } = useSearch({ from: "/inside/explore" });
  const kept = useQuery({ ...keptQueryQuery(query ?? ""), enabled: query !== undefined });
  const [database, name] = partsOf(table ?? "");
  const ofTable = database === undefined || name === undefined ? undefined : begun({ database, name });
  const question = q ?? questionFrom(kept.data?.steps) ?? ofTable;
  if (query !== undefined && kept.data === undefined && q === undefined)
    return (
      <>
        <PageHead title="Explore" />
        <div className="page-body">
          {kept.error === null ? <Shape lines={6} /> : <Missing failure={kept.error} name="such query" />}
        </div>
      </>
    );
  if (question === undefined) return <Beginning />;
  const saved =
    kept.data === undefined ? undefined : { query: kept.data.query, name: kept.data.name, isOwn: kept.data.isOwn };
  return <Asking key={query} question={question} saved={saved} firstChart={kept.data?.chart} />;
}

function Beginning(): ReactNode {
  const navigate = useNavigate();
  return (
    <>
      <PageHead title="Explore">
        <p className="text2">Filter, group and draw a table without writing SQL.</p>
      </PageHead>
      <div className="page-body">
        <PickTable onChoose={(table) => void navigate({ to: "/explore", search: { q: begun(table) } })} />
      </div>
    </>
  );
}

interface AskingProps {
  readonly question: Question;
  readonly saved: { readonly query: string; readonly name: string; readonly isOwn: boolean } | undefined;
  readonly firstChart: Chart | undefined;
}

function Asking({ question, saved, firstChart }: AskingProps): ReactNode {
  const navigate = useNavigate();
  const [chart, setChart] = useState(firstChart);
  const [dialog, setDialog] = useState<"save" | "board">();
  const made = statementOf(question);
  const change = (changed: Question): void =>
    void navigate({ to: "/explore", search: (before) => ({ ...before, table: undefined, q: changed }) });
  const title = saved?.name ?? question.table.name;
  return (
    <>
      <PageHead
        title={saved === undefined ? "Explore" : saved.name}
        documentTitle={`${title} · Explore`}
        actions={
          <>
            <Button variant="default" component={Link} to="/explore">
              Begin anew
            </Button>
            {saved === undefined ? undefined : (
              <Button variant="default" onClick={() => setDialog("board")}>
                Put on a board
              </Button>
            )}
            <Button disabled={made.sql === undefined} onClick={() => setDialog("save")}>
              Save
            </Button>
          </>
        }
      />
      <div className="page-body explore">
        <Steps question={question} onChange={change} mistake={made.mistake} />
        <Answer sql={made.sql} chart={chart} onChart={setChart} isGrouped={question.groups.length > 0} />
      </div>
      {dialog === "save" && made.sql !== undefined ? (
        <SaveDialog
          saving={{
            name: saved?.name ?? suggestedName(question),
            sql: made.sql,
            steps: JSON.parse(JSON.stringify(question)),
            ...(chart === undefined ? {} : { chart }),
            ...(saved?.isOwn === true ? { query: saved.query } : {}),
          }}
          onSaved={({ query }) => {
            setDialog(undefined);
            void navigate({ to: "/explore", search: { query } });
          }}
          onClose={() => setDialog(undefined)}
        />
      ) : undefined}
      {dialog === "board" && saved !== undefined ? (
        <AddToBoard
          query={saved.query}
          hasChart={chart !== undefined || question.groups.length > 0}
          onClose={() => setDialog(undefined)}
        />
      ) : undefined}
    </>
  );
}

interface Made {
  readonly sql?: string;
  /** A value that is not of the type of its column, in words. */
  readonly mistake?: string;
}

function statementOf(question: Question): Made {
  try {
    return { sql: sqlOf(question) };
  } catch (failure) {
    if (failure instanceof ValueError) return { mistake: failure.message };
    throw failure;
  }
}

function suggestedName({ table, groups }: Question): string {
  return groups.length === 0 ? table.name : `${table.name} by ${groups.map(({ on }) => on.column).join(", ")}`;
}
