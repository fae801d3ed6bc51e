/** Why somebody may or may not read a thing: the verdict in one sentence, the grants behind it, each column, and what is missing. */
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode, SubmitEvent } from "react";
import type { AccessExplainAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { useMe } from "../../api/me.ts";
import { tablesQuery } from "../../api/queries.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { tableName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { PageHead, Path } from "../../parts/page-head.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { ColumnByColumn } from "./column-by-column.tsx";
import { WayTree } from "./way-tree.tsx";
import "../../styles/access.css";

export function Explain(): ReactNode {
  const { who, table } = useSearch({ from: "/inside/access/explain" });
  const explained = useQuery({
    queryKey: ["access", "explain", who, table],
    queryFn: () => api.accessExplain({ principal: who ?? "", resource: table ?? "" }),
    enabled: who !== undefined && table !== undefined,
  });
  return (
    <>
      <PageHead title="Explain access" path={<Path steps={[{ text: "Access", to: "/access" }]} />} />
      <div className="page-body explain">
        <Question key={`${who} ${table}`} who={who} table={table} />
        {who === undefined || table === undefined ? (
          <p className="hint">Choose whom and what. You are told what you may know.</p>
        ) : explained.error !== null && explained.data === undefined ? (
          <FailureNote failure={explained.error} onRetry={() => void explained.refetch()} />
        ) : (
          <Loaded query={explained} lines={8}>
            {(answer) => <Explained answer={answer} />}
          </Loaded>
        )}
      </div>
    </>
  );
}

interface QuestionProps {
  readonly who: string | undefined;
  readonly table: string | undefined;
}

function Question({ who, table }: QuestionProps): ReactNode {
  const me = useMe();
  const navigate = useNavigate();
  const { data } = useQuery(tablesQuery);
  const ask = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string): string => String(given.get(name) ?? "").trim();
    void navigate({ to: "/access/explain", search: { who: text("who"), table: text("table") } });
  };
  return (
    <form className="question" aria-label="Question" onSubmit={ask}>
      <span className="strong">Can</span>
      <TextInput name="who" aria-label="Who" defaultValue={who ?? me?.name} required />
      <span className="strong">read</span>
      <TextInput
        name="table"
        aria-label="What"
        className="grow mono-input"
        defaultValue={table}
        list="known-tables"
        required
        placeholder="database.table"
      />
      <datalist id="known-tables">
        {(data?.tables ?? []).slice(0, 500).map((known) => (
          <option key={known.uuid} value={tableName(known.database, known.name)} />
        ))}
      </datalist>
      <Button type="submit">Explain</Button>
    </form>
  );
}

function Explained({ answer }: { readonly answer: AccessExplainAnswer }): ReactNode {
  const read = answer.actions.find(({ action }) => action === "read");
  return (
    <>
      <Verdict answer={answer} />
      <div className="explain-grid">
        <div className="explain-main">
          <section aria-labelledby="because">
            <div className="section-head">
              <h2 id="because">Because</h2>
              <span className="grow" />
              <CopyButton text={asText(answer)} label="Copy as text" />
            </div>
            <WayTree answer={answer} />
          </section>
          {read === undefined || read.allowed ? undefined : <Missing read={read} obstacles={answer.obstacles} />}
          <OtherActions answer={answer} />
        </div>
        {answer.columns === null ? undefined : <ColumnByColumn answer={answer} />}
      </div>
    </>
  );
}

/** No is a normal answer: it is grey, and says what would change it. */
function Verdict({
  answer: { principal, resource, actions, columns, account },
}: {
  readonly answer: AccessExplainAnswer;
}): ReactNode {
  const read = actions.find(({ action }) => action === "read");
  const masks = new Set(read?.ways.flatMap((way) => way.masks.map(({ column }) => column)));
  const isRows = (read?.ways.length ?? 0) > 0 && read?.ways.every(({ rows }) => rows !== null) === true;
  const isPart = masks.size > 0 || isRows || (columns?.hidden.length ?? 0) > 0;
  const allowed = read?.allowed === true;
  const all = (columns?.shown.length ?? 0) + (columns?.hidden.length ?? 0);
  return (
    <section className={`verdict ${allowed ? "" : "no"}`} aria-labelledby="verdict">
      <span className="verdict-icon">
        <Icon name={allowed ? "check" : "minus"} size={24} />
      </span>
      <div className="grow">
        <h2 id="verdict">{allowed ? (isPart ? "Yes, in part" : "Yes") : "No"}</h2>
        {allowed ? (
          <p>
            <b>{principal}</b>
            {account === null ? "" : ` acts in ${account} and`} reads{" "}
            {columns === null ? (
              "it"
            ) : (
              <b>
                {columns.shown.length} of {counted(all, "column")}
              </b>
            )}
            {masks.size === 0 ? "" : `, ${masks.size} of them masked`}
            {isRows ? ", and only some of the rows" : ""} of <code>{resource}</code>.
          </p>
        ) : (
          <p>
            <b>{principal}</b> does not read <code>{resource}</code>. {sentence(read?.because ?? "")}
          </p>
        )}
      </div>
    </section>
  );
}

type Action = AccessExplainAnswer["actions"][number];

function Missing({ read, obstacles }: { readonly read: Action; readonly obstacles: readonly string[] }): ReactNode {
  return (
    <section aria-labelledby="missing">
      <div className="section-head">
        <h2 id="missing">What is missing, and who could give it</h2>
      </div>
      <div className="card">
        <ul className="list">
          {[...obstacles, ...read.missing].map((text) => (
            <li key={text}>{sentence(text)}</li>
          ))}
          <li>
            {read.couldGrant.length === 0
              ? "Nobody whom you may know could grant it."
              : `${read.couldGrant.join(", ")} could grant it.`}
          </li>
        </ul>
      </div>
    </section>
  );
}

function OtherActions({ answer: { actions } }: { readonly answer: AccessExplainAnswer }): ReactNode {
  const words = {
    watch: "See that it exists",
    read: "Read",
    operate: "Operate",
    alter: "Change",
    administer: "Administer",
  };
  return (
    <section aria-labelledby="others">
      <div className="section-head">
        <h2 id="others">Everything else</h2>
      </div>
      <div className="card">
        <ul className="list tight">
          {actions
            .filter(({ action }) => action !== "read")
            .map(({ action, allowed, because }) => (
              <li key={action}>
                <span className={allowed ? "good" : "dim"}>
                  <Icon name={allowed ? "check" : "minus"} />
                </span>
                <span className="grow">
                  <b>{words[action]}</b>
                  <span className="small dim block">{sentence(because)}</span>
                </span>
              </li>
            ))}
        </ul>
      </div>
    </section>
  );
}

function asText({ principal, resource, actions }: AccessExplainAnswer): string {
  const lines = actions.map(({ action, allowed, because }) => `${action}: ${allowed ? "yes" : "no"}, ${because}`);
  return [`${principal} on ${resource}`, ...lines].join("\n");
}
