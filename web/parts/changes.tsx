/** A list of what opens, closes and stays, each with its sign: the consequences of a click, before it is made. */
import type { ReactNode } from "react";
import type { AccessDifference } from "../../src/client/api-client.ts";
import { counted } from "./numbers.ts";
import { shownName } from "./names.ts";

export interface Change {
  readonly kind: "opens" | "closes" | "same";
  readonly key: string;
  readonly text: ReactNode;
  readonly more?: ReactNode;
}

const signs = { opens: "+", closes: "−", same: "=" } as const;
const words = { opens: "Opens: ", closes: "Closes: ", same: "Stays: " } as const;

export function Changes({
  changes,
  label,
}: {
  readonly changes: readonly Change[];
  readonly label: string;
}): ReactNode {
  return (
    <ul className="changes card" aria-label={label}>
      {changes.map(({ kind, key, text, more }) => (
        <li key={key} className={kind}>
          <span className="sign" aria-hidden="true">
            {signs[kind]}
          </span>
          <div className="grow wrap-anywhere">
            <span className="unseen">{words[kind]}</span>
            {text}
            {more === undefined ? undefined : <div className="small dim">{more}</div>}
          </div>
        </li>
      ))}
    </ul>
  );
}

interface Difference {
  readonly access: readonly AccessDifference[];
  /** Things that the one who looks may not know. */
  readonly elsewhere: number;
}

const mostShown = 12;

/** The changes that the server says would come, thing by thing. */
export function changesOf({ access, elsewhere }: Difference): readonly Change[] {
  const byThing = Map.groupBy(access, ({ on, ...difference }) => `${kindOf(difference)} ${on}`);
  const changes = [...byThing].map(([key, [first, ...others]]): Change => {
    if (first === undefined) return { kind: "same", key, text: key };
    const all = [first, ...others];
    const who = [...new Set(all.map(({ principal }) => principal))];
    const kind = kindOf(first);
    return {
      kind,
      key,
      text: (
        <>
          <b>{who.length === 1 ? shownName(who[0] ?? "") : counted(who.length, "person", "people")}</b>{" "}
          {verbOf(first, who.length === 1)} <code>{shownName(first.on)}</code>
        </>
      ),
      more:
        [who.length === 1 ? "" : namesOf(who), columnsOf(first)].filter((text) => text !== "").join("; ") || undefined,
    };
  });
  const shown = changes.slice(0, mostShown);
  const rest: readonly Change[] =
    changes.length > mostShown
      ? [{ kind: "same", key: "rest", text: `${counted(changes.length - mostShown, "more change")} not listed here` }]
      : [];
  const hidden: readonly Change[] =
    elsewhere === 0
      ? []
      : [{ kind: "same", key: "elsewhere", text: `${counted(elsewhere, "thing")} that you may not know changes, too` }];
  const nothing: readonly Change[] =
    access.length + elsewhere === 0 ? [{ kind: "same", key: "nothing", text: "Nobody gains or loses anything" }] : [];
  return [...shown, ...rest, ...hidden, ...nothing];
}

type Sides = Pick<AccessDifference, "gains" | "loses" | "opens" | "closes" | "widens" | "narrows" | "shows" | "hides">;

function kindOf({ loses, closes, narrows, hides }: Omit<Sides, "gains">): Change["kind"] {
  return loses.length + closes.length + narrows.length + hides.length > 0 ? "closes" : "opens";
}

function verbOf({ gains, loses, opens, closes, widens, narrows, shows }: Sides, isOne: boolean): string {
  const s = isOne ? "s" : "";
  if (loses.length > 0) return `lose${s} ${loses.join(", ")} on`;
  if (closes.length > 0) return `can no longer read ${counted(closes.length, "column")} of`;
  if (narrows.length > 0) return `read${s} less of`;
  if (gains.length > 0) return `gain${s} ${gains.join(", ")} on`;
  if (opens.length > 0) return `read${s} ${counted(opens.length, "more column")} of`;
  if (widens.length > 0) return `read${s} more of`;
  return shows.length > 0 ? `know${s} more columns of` : `know${s} fewer columns of`;
}

function columnsOf({ opens, closes, widens, narrows }: Sides): string {
  return [...opens, ...closes, ...widens, ...narrows].slice(0, mostShown).map(shownName).join(", ");
}

export function namesOf(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).map(shownName).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
