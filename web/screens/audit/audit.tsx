/** The audit log: who did what, when, with what outcome; searched, read event by event, verified and exported. */
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useAdministers } from "../../api/administers.ts";
import { api, failureOf } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { counted } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Shape } from "../../parts/waiting.tsx";
import { auditKinds, inputOf, type AuditSearch } from "./audit-search.ts";
import { EventDrawer } from "./event-drawer.tsx";
import { EventTable } from "./event-table.tsx";
import { ExportLog } from "./export-log.tsx";
import { VerifyChain } from "./verify-chain.tsx";
import "../../styles/forms.css";
import "../../styles/audit.css";

const pageSize = 100;

export function Audit(): ReactNode {
  const search = useSearch({ from: "/inside/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const administers = useAdministers();
  const { event: chosen, ...sought } = search;
  const events = useEvents(sought);
  const found = events.data?.pages.flatMap((page) => page.events) ?? [];
  const mayNot = events.error !== null && failureOf(events.error).code === "NOT_ALLOWED";
  const show = (event: number | undefined): void =>
    void navigate({ search: event === undefined ? sought : { ...sought, event } });
  return (
    <>
      <PageHead title="Audit" actions={administers ? <ExportLog /> : undefined}>
        <p className="text2 page-lead">
          {administers
            ? "Everything that people and programs did here, and what was refused. Nothing can be changed unseen."
            : "What you did here, and what was refused to you."}
        </p>
      </PageHead>
      <div className="page-body audit">
        {mayNot ? (
          <Empty icon="hidden" title="You may not read the audit log.">
            <p>Administrators of an account read its events. Ask one of them.</p>
          </Empty>
        ) : (
          <>
            {administers ? <VerifyChain /> : undefined}
            <Filters
              key={JSON.stringify({ ...sought, text: undefined })}
              search={sought}
              onChange={(next) => void navigate({ search: next })}
            />
            {events.error !== null && found.length === 0 ? (
              <FailureNote failure={events.error} onRetry={() => void events.refetch()} />
            ) : events.data === undefined ? (
              <Shape lines={10} />
            ) : found.length === 0 ? (
              <Empty icon="search" title="No event fits.">
                <p>Remove a part of the search, or choose other days.</p>
              </Empty>
            ) : (
              <>
                <EventTable events={found} shown={chosen} onShow={show} />
                <HowMany found={found.length} events={events} />
              </>
            )}
            <EventDrawer event={found.find(({ sequence }) => sequence === chosen)} onClose={() => show(undefined)} />
          </>
        )}
      </div>
    </>
  );
}

function useEvents(sought: AuditSearch) {
  return useInfiniteQuery({
    queryKey: ["audit", sought],
    queryFn: ({ pageParam }) =>
      api.auditList({ ...inputOf(sought), limit: pageSize, ...(pageParam === 0 ? {} : { before: pageParam }) }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
}

interface HowManyProps {
  readonly found: number;
  readonly events: ReturnType<typeof useEvents>;
}

function HowMany({ found, events }: HowManyProps): ReactNode {
  return (
    <p className="row wrap small dim" role="status">
      {events.hasNextPage ? `The newest ${counted(found, "event")}.` : `All ${counted(found, "event")}.`}
      {events.hasNextPage ? (
        <Button
          size="compact-md"
          variant="default"
          loading={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          Show earlier ones
        </Button>
      ) : undefined}
    </p>
  );
}

interface FiltersProps {
  readonly search: AuditSearch;
  readonly onChange: (search: AuditSearch) => void;
}

function Filters({ search, onChange }: FiltersProps): ReactNode {
  const [draft, setDraft] = useState(search);
  const change = (name: "by" | "table" | "text" | "since" | "until") => (value: string) =>
    setDraft(({ [name]: _before, ...rest }) => (value === "" ? rest : { ...rest, [name]: value }));
  const { kind: _kind, ...withoutKind } = draft;
  return (
    <form
      className="audit-filters"
      aria-label="Search"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(draft);
      }}
    >
      <TextField label="Who" isName value={draft.by ?? ""} onType={change("by")} />
      <TextField label="Table" isName value={draft.table ?? ""} onType={change("table")} />
      <ChoiceField
        label="What"
        value={draft.kind ?? ""}
        onChoose={(kind) => onChange(kind === "" ? withoutKind : { ...draft, kind })}
        options={[
          ["", "Everything"],
          ...auditKinds.map((kind) => [kind, kind.slice(0, 1).toUpperCase() + kind.slice(1)] as const),
        ]}
      />
      <TextField label="Words" value={draft.text ?? ""} onType={change("text")} />
      <TextField label="From" type="date" value={draft.since ?? ""} onType={change("since")} />
      <TextField label="Until" type="date" value={draft.until ?? ""} onType={change("until")} />
      <div className="audit-search">
        <Button type="submit" variant="default">
          Search
        </Button>
        {Object.keys(search).length === 0 ? undefined : (
          <Button variant="subtle" onClick={() => onChange({})}>
            Show everything
          </Button>
        )}
      </div>
    </form>
  );
}
