/**
 * A source is added step by step: its address, the test of the connection, its tables, its schedule, a summary, and then
 * the first load. The source exists from the first step on and loads nothing by itself until the last; each step has an
 * address of its own, so it can be left and found again.
 */
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSourceRights } from "../../api/source-rights.ts";
import { Empty } from "../../parts/empty.tsx";
import { PageHead, Path } from "../../parts/page-head.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { Missing } from "../../parts/missing.tsx";
import { addSteps, type AddSearch, type AddStep } from "./add-search.ts";
import { AddressStep } from "./address-step.tsx";
import { ScheduleStep } from "./schedule-step.tsx";
import { sourceQuery } from "./source-queries.ts";
import { SummaryStep } from "./summary-step.tsx";
import { TablesStep } from "./tables-step.tsx";
import { TestStep } from "./test-step.tsx";
import "../../styles/forms.css";
import "../../styles/sources.css";

export function AddSource(): ReactNode {
  const search = useSearch({ from: "/inside/sources/new-source" });
  const { mayAdminister } = useSourceRights();
  const { source, step = "address" } = search;
  return (
    <>
      <PageHead
        title={source === undefined ? "Add a source" : `Add ${source}`}
        path={<Path steps={[{ text: "Sources and runs", to: "/sources" }]} />}
      >
        <p className="text2 page-lead">
          A database whose tables you want in the lake. Headgate only reads from it, and loads nothing before the last
          step.
        </p>
      </PageHead>
      <div className="page-body add-source">
        {mayAdminister ? (
          <>
            <Steps search={search} />
            <section className="step-body" aria-label={titleOf(step)}>
              <h2>{titleOf(step)}</h2>
              {source === undefined ? <AddressStep source={undefined} /> : <StepOf source={source} step={step} />}
            </section>
          </>
        ) : (
          <Empty icon="hidden" title="You may not add a source to this account.">
            <p>
              An administrator of the account can. <Link to="/sources/{-$source}">Sources and runs</Link> shows those
              that are there.
            </p>
          </Empty>
        )}
      </div>
    </>
  );
}

function titleOf(step: AddStep): string {
  return addSteps.find(([one]) => one === step)?.[1] ?? "";
}

/** Steps that are not reached yet are words, the others links. */
function Steps({ search: { source, step: current = "address" } }: { readonly search: AddSearch }): ReactNode {
  return (
    <ol className="add-steps" aria-label="Steps">
      {addSteps.map(([step, title], place) => (
        <li key={step} aria-current={step === current ? "step" : undefined}>
          <span className="step-number" aria-hidden="true">
            {place + 1}
          </span>
          {source === undefined ? (
            <span className={step === current ? "strong" : "dim"}>{title}</span>
          ) : (
            <Link to="/sources/new-source" search={{ source, step }}>
              {title}
            </Link>
          )}
        </li>
      ))}
    </ol>
  );
}

function StepOf({ source, step }: { readonly source: string; readonly step: AddStep }): ReactNode {
  const shown = useQuery(sourceQuery(source));
  if (shown.error !== null && shown.data === undefined) return <Missing failure={shown.error} name={source} />;
  return (
    <Loaded query={shown} lines={6}>
      {(found) => {
        if (step === "address") return <AddressStep source={found.source} />;
        if (step === "test") return <TestStep source={source} />;
        if (step === "tables") return <TablesStep source={found.source} isLoaded={found.tables.length > 0} />;
        if (step === "schedule") return <ScheduleStep source={source} />;
        return <SummaryStep source={found.source} />;
      }}
    </Loaded>
  );
}
