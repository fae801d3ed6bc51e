/** The things that an approval would open, that are open already and that stay closed: with the narrowing as it is on the screen now. */
import type { ReactNode } from "react";
import type { RequestShowAnswer } from "../../../src/client/api-client.ts";
import { Changes, type Change } from "../../parts/changes.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import type { Narrowing } from "./narrowing.ts";
import { holderWords, isOneTable } from "./request-words.ts";

interface WhatChangesProps {
  readonly request: RequestShowAnswer;
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly narrowing: Narrowing;
}

export function WhatChanges(props: WhatChangesProps): ReactNode {
  return (
    <section aria-labelledby="changes">
      <div className="section-head">
        <h2 id="changes">What changes if you approve</h2>
      </div>
      <Changes label="What changes" changes={changesIf(props)} />
    </section>
  );
}

function changesIf({ request, columns, narrowing }: WhatChangesProps): readonly Change[] {
  const isAccount = request.for.startsWith("account:");
  const things = request.items.flatMap(({ on }) => (on === null ? [] : [on]));
  const opened = things
    .filter((on) => !narrowing.leftOut.has(on))
    .flatMap((on) => changesOfThing({ request, columns: columns.get(on), narrowing }, on));
  const out = things
    .filter((on) => narrowing.leftOut.has(on))
    .map((on): Change => ({
      kind: "same",
      key: `out ${on}`,
      text: (
        <>
          Stays closed: <code>{shownName(on)}</code>
        </>
      ),
    }));
  const trust: Change = {
    kind: "same",
    key: "trust",
    text: `Nobody reads it until the administrators of ${holderWords(request.for)} pass it on`,
  };
  const isOutside = request.sensitivity?.relation === "outside";
  const outside: Change = {
    kind: isOutside ? "opens" : "same",
    key: "outside",
    text: isOutside
      ? "It leaves the organisation, once the other account accepts"
      : "Nobody outside the organisation gets anything",
  };
  return [...opened, ...out, ...(isAccount ? [trust] : []), outside];
}

interface Opening {
  readonly request: RequestShowAnswer;
  readonly columns: readonly string[] | undefined;
  readonly narrowing: Narrowing;
}

function changesOfThing({ request, columns, narrowing }: Opening, on: string): readonly Change[] {
  const who = <b>{holderWords(request.for)}</b>;
  const thing = <code>{shownName(on)}</code>;
  const { columns: read = [], inPart = [] } = request.already.find(({ table }) => table === on) ?? {};
  const already = new Set(read);
  const gone = narrowing.without.get(on) ?? new Set<string>();
  const fresh = (columns ?? []).filter((column) => !gone.has(column) && !already.has(column));
  const condition = narrowing.rows.get(on)?.trim() ?? "";
  const rows = condition === "" ? "" : `, only rows with ${condition}`;
  const masked = [...(narrowing.masks.get(on)?.keys() ?? [])].filter((column) => fresh.includes(column));
  const verb = request.for.startsWith("account:") ? "can pass on" : "reads";
  const kept: readonly Change[] =
    read.length + inPart.length === 0
      ? []
      : [
          {
            kind: "same",
            key: `already ${on}`,
            text: (
              <>
                {who} reads {counted(read.length + inPart.length, "column")} of {thing} already
                {inPart.length === 0 ? "" : `, ${inPart.length} of them masked or in some rows`}
              </>
            ),
            more: [...read, ...inPart].map(shownName).join(", "),
          },
        ];
  if (columns !== undefined && fresh.length === 0)
    return [...kept, { kind: "same", key: on, text: <>Nothing more of {thing} opens</> }];
  const amount =
    columns === undefined
      ? isOneTable(on)
        ? "all columns"
        : "all tables that were judged"
      : counted(fresh.length, "column");
  const more = columns === undefined ? undefined : fresh.map(shownName).join(", ");
  return [
    {
      kind: "opens",
      key: on,
      text: (
        <>
          {who} {verb} {amount} of {thing}
          {masked.length === 0 ? " as they are" : `, ${masked.map(shownName).join(", ")} masked`}
          {rows}
        </>
      ),
      more,
    },
    ...kept,
  ];
}
