/** The settings of a source that can be changed later: its address and sign-in, its tables, how old they may be; and its removal. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Source } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { ChoiceField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { AddressFields, lackOf } from "./address-fields.tsx";
import { startLoad } from "./loads.ts";
import { RemoveSource } from "./remove-source.tsx";
import { addressText, draftOf, type AddressDraft } from "./source-address.ts";
import { offeredQuery, sourceQuery } from "./source-queries.ts";
import { offeredOf, TableChoice, type OfferedTable } from "./table-choice.tsx";
import { NewTablesField, UnclassifiedField } from "./tables-step.tsx";

export function SourceSettings({ name }: { readonly name: string }): ReactNode {
  const shown = useQuery(sourceQuery(name));
  const [isRemoving, setIsRemoving] = useState(false);
  return (
    <Loaded query={shown} lines={8}>
      {({ source }) => (
        <div className="stack settings-stack">
          {source.origin === null ? undefined : (
            <p className="note">
              <Icon name="info" />
              <span>
                It is declared in <code>{shownName(source.origin)}</code>. Change it there too, or the next apply takes
                back what is changed here.
              </span>
            </p>
          )}
          <Address source={source} />
          <Choices source={source} />
          <OfferedTables source={source} />
          <section className="card card-body stack" aria-labelledby="remove-source">
            <h2 id="remove-source">Remove it</h2>
            <p className="text2">
              Its tables stay in the lake unless you say otherwise. First you see what ends with it.
            </p>
            <div>
              <Button variant="default" onClick={() => setIsRemoving(true)}>
                Remove…
              </Button>
            </div>
          </section>
          {isRemoving ? <RemoveSource source={source.name} onClose={() => setIsRemoving(false)} /> : undefined}
        </div>
      )}
    </Loaded>
  );
}

function refresh(): Promise<unknown> {
  return Promise.all(
    ["sources", "status", "offered", "source-test"].map((key) => cache.invalidateQueries({ queryKey: [key] })),
  );
}

function Address({ source }: { readonly source: Source }): ReactNode {
  const begin = draftOf(source.url);
  if (begin === undefined)
    return (
      <p className="note">
        <Icon name="info" />
        <span>
          This form cannot show the address <code>{shownName(source.url)}</code>. Change it with{" "}
          <code>headgate source set {source.name} --url</code>.
        </span>
      </p>
    );
  return <AddressForm key={source.url} source={source} begin={begin} />;
}

function AddressForm({ source, begin }: { readonly source: Source; readonly begin: AddressDraft }): ReactNode {
  const [draft, setDraft] = useState(begin);
  const [password, setPassword] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const saving = useMutation({
    mutationFn: () =>
      api.sourceSet({
        name: source.name,
        url: addressText(draft),
        allDatabases: true,
        ...(password === "" ? {} : { password }),
      }),
    onError: noticeEnd,
    onSuccess: () => {
      setPassword("");
      return refresh();
    },
  });
  return (
    <form
      className="card card-body form settings-form"
      aria-labelledby="address"
      onSubmit={(event) => {
        event.preventDefault();
        setIsChecked(true);
        if (lackOf(draft) === undefined) saving.mutate();
      }}
    >
      <h2 id="address">Address and sign-in</h2>
      <p className="small dim">
        The new address is tried before it is stored. Tables are then compared with it; nothing is loaded again that is
        the same.
      </p>
      <AddressFields
        draft={draft}
        onChange={setDraft}
        password={password}
        onPassword={setPassword}
        isKnown
        isChecked={isChecked}
      />
      {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
      {saving.data === undefined ? undefined : (
        <div className="note good" role="status">
          <Icon name="done" />
          <div>
            <p>
              Stored
              {saving.data.server === undefined
                ? "."
                : `. ${saving.data.server.product} ${saving.data.server.version} answers.`}
            </p>
            {saving.data.notes.map((note) => (
              <p key={note}>{sentence(note)}</p>
            ))}
          </div>
        </div>
      )}
      <div className="form-foot">
        <Button type="submit" variant="default" loading={saving.isPending}>
          Try it and save
        </Button>
      </div>
    </form>
  );
}

const ages: readonly (readonly [string, string])[] = [
  ["", "No promise"],
  ["900", "15 minutes"],
  ["3600", "An hour"],
  ["21600", "6 hours"],
  ["93600", "A day, with two hours to spare"],
];

function Choices({ source }: { readonly source: Source }): ReactNode {
  const { freshness } = source;
  const saving = useMutation({
    mutationFn: (change: Parameters<typeof api.sourceSet>[0]) => api.sourceSet(change),
    onError: noticeEnd,
    onSuccess: refresh,
  });
  const own = freshness === null ? "" : String(freshness);
  const { name } = source;
  return (
    <section className="card card-body form settings-form" aria-labelledby="promises">
      <h2 id="promises">Promise and defaults</h2>
      <ChoiceField
        label="How old its tables may be before somebody is told"
        value={own}
        onChoose={(age) => saving.mutate({ name, freshness: age === "" ? null : Number(age) })}
        options={ages.some(([age]) => age === own) ? ages : [...ages, [own, `${own} seconds`]]}
      />
      <NewTablesField value={source.newTables} onChoose={(newTables) => saving.mutate({ name, newTables })} />
      <UnclassifiedField
        value={source.unclassified}
        onChoose={(unclassified) => saving.mutate({ name, unclassified })}
      />
      {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
      <p className="small dim" role="status">
        {saving.isPending ? "Saving…" : saving.isSuccess ? "Saved." : "Each choice is saved at once."}
      </p>
    </section>
  );
}

function OfferedTables({ source }: { readonly source: Source }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const offered = useQuery({ ...offeredQuery(source.name), enabled: isOpen });
  return (
    <section className="card card-body stack" aria-labelledby="offered">
      <h2 id="offered">Tables</h2>
      <p className="text2">
        {source.exclude.length === 0
          ? "No table is left out."
          : `${counted(source.exclude.length, "table or pattern", "tables or patterns")} left out.`}
      </p>
      {isOpen ? (
        <Loaded query={offered} lines={6}>
          {(found) => <ChangeTables key={source.exclude.join()} source={source} offered={offeredOf(found)} />}
        </Loaded>
      ) : (
        <div>
          <Button variant="default" onClick={() => setIsOpen(true)}>
            Choose tables…
          </Button>
        </div>
      )}
    </section>
  );
}

interface ChangeTablesProps {
  readonly source: Source;
  readonly offered: readonly OfferedTable[];
}

function ChangeTables({ source, offered }: ChangeTablesProps): ReactNode {
  const before = new Set(source.exclude);
  const [excluded, setExcluded] = useState<ReadonlySet<string>>(before);
  const added = [...before.difference(excluded)];
  const left = [...excluded.difference(before)];
  const saving = useMutation({
    mutationFn: (loads: boolean) =>
      api.sourceSet({ name: source.name, exclude: [...excluded] }).then(() => {
        if (loads) startLoad({ source: source.name, tables: added });
      }),
    onError: noticeEnd,
    onSuccess: refresh,
  });
  return (
    <div className="stack">
      <TableChoice offered={offered} excluded={excluded} onChange={setExcluded} />
      {left.length === 0 ? undefined : (
        <p className="note warn" role="status">
          <Icon name="alert" />
          {counted(left.length, "table")} will be loaded no more. What the lake has of them stays.
        </p>
      )}
      {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
      <div className="form-foot">
        <Button variant="default" loading={saving.isPending} onClick={() => saving.mutate(false)}>
          Save the choice
        </Button>
        {added.length === 0 ? undefined : (
          <Button loading={saving.isPending} onClick={() => saving.mutate(true)}>
            Save, and load {counted(added.length, "table")} now
          </Button>
        )}
      </div>
    </div>
  );
}
