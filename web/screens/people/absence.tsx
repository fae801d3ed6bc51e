/** Says that one is away, until when, and who decides meanwhile on what waits for one. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Absence } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { useMe } from "../../api/me.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { endOfDay } from "../sharing/narrowing.ts";

const absencesQuery = { queryKey: ["absences"], queryFn: () => api.absenceList({}) };

export function OwnAbsence(): ReactNode {
  const absences = useQuery(absencesQuery);
  const me = useMe();
  const own = me?.behind ?? me?.name;
  return (
    <section className="card card-body form" aria-labelledby="away">
      <h2 id="away">When you are away</h2>
      <Loaded query={absences} lines={2}>
        {({ absences: all }) => {
          const mine = all.find(({ who }) => who === own);
          const others = all.filter(({ who }) => who !== own);
          return (
            <>
              {mine === undefined ? <Leave /> : <Away absence={mine} />}
              {others.map((one) => (
                <p key={one.who} className="small text2">
                  {shownName(one.deputy === own ? "You" : one.deputy)} {one.deputy === own ? "decide" : "decides"} for{" "}
                  {shownName(one.who)} until <Moment at={one.until} />.
                </p>
              ))}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Away({ absence: { deputy, from, until } }: { readonly absence: Absence }): ReactNode {
  const ending = useMutation({
    mutationFn: () => api.absenceEnd({}),
    onError: noticeEnd,
    onSuccess: () => cache.invalidateQueries({ queryKey: absencesQuery.queryKey }),
  });
  return (
    <>
      <p>
        <b>{shownName(deputy)}</b> decides in your place from <Moment at={from} /> until <Moment at={until} />.
      </p>
      {ending.error === null ? undefined : <FailureNote failure={ending.error} />}
      <div>
        <Button variant="default" loading={ending.isPending} onClick={() => ending.mutate()}>
          I am back
        </Button>
      </div>
    </>
  );
}

function Leave(): ReactNode {
  const [deputy, setDeputy] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [isLacking, setIsLacking] = useState(false);
  const leaving = useMutation({
    mutationFn: () =>
      api.absenceSet({
        deputy: deputy.trim(),
        until: endOfDay(until, null),
        ...(from === "" ? {} : { from: new Date(`${from}T00:00:00`).toISOString() }),
      }),
    onError: noticeEnd,
    onSuccess: () => cache.invalidateQueries({ queryKey: absencesQuery.queryKey }),
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        const lacks = deputy.trim() === "" || until === "";
        setIsLacking(lacks);
        if (!lacks) leaving.mutate();
      }}
    >
      <p className="small dim">
        Somebody else then decides on the requests that wait for you. You can still decide, too.
      </p>
      <TextField
        label="Deputy"
        isName
        value={deputy}
        onType={setDeputy}
        hint="A user by name."
        error={isLacking && deputy.trim() === "" ? "Name who decides meanwhile." : undefined}
      />
      <div className="form-row">
        <TextField label="From" type="date" value={from} onType={setFrom} hint="Empty: from now on." />
        <TextField
          label="Until the end of"
          type="date"
          value={until}
          onType={setUntil}
          error={isLacking && until === "" ? "Say when you are back." : undefined}
        />
      </div>
      {leaving.error === null ? undefined : <FailureNote failure={leaving.error} />}
      <div>
        <Button type="submit" variant="default" loading={leaving.isPending}>
          Name the deputy
        </Button>
      </div>
    </form>
  );
}
