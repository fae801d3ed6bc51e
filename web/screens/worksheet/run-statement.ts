/** A statement while it runs and after: rows as they come, seconds, what was read, or why it failed. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Json } from "../../../src/base/json.ts";
import type { Column, SqlAnswer } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";

export interface Outcome {
  readonly text: string;
  readonly asOf: string | undefined;
  readonly state: "running" | "done" | "failed" | "cancelled";
  readonly begunAt: number;
  readonly seconds: number;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Json[])[];
  readonly answer?: SqlAnswer;
  readonly failure?: unknown;
  readonly isPlan: boolean;
}

export interface Running {
  readonly outcome: Outcome | undefined;
  run(
    text: string,
    options: { readonly asOf: string | undefined; readonly explain?: boolean },
  ): Promise<Outcome | undefined>;
  cancel(): void;
}

/** More rows are not shown; a download has all. */
export const mostRows = 10_000;
/** Rows come faster than anybody reads: the page is drawn again only so often. */
const drawEveryMs = 120;

/** One for each sheet, so that the result of one is never shown under the text of another. */
export function useStatement(sheet: string): Running {
  const [outcomes, setOutcomes] = useState<Readonly<Record<string, Outcome>>>({});
  const stops = useRef(new Map<string, AbortController>());
  useEffect(() => {
    const all = stops.current;
    return () => {
      for (const stop of all.values()) stop.abort();
    };
  }, []);
  const run = useCallback<Running["run"]>(
    async (text, { asOf, explain = false }) => {
      stops.current.get(sheet)?.abort();
      const controller = new AbortController();
      stops.current.set(sheet, controller);
      const put = (outcome: Outcome): void => setOutcomes((all) => ({ ...all, [sheet]: outcome }));
      const outcome = await follow({ text, asOf, explain, signal: controller.signal, put });
      put(outcome);
      return outcome;
    },
    [sheet],
  );
  const cancel = useCallback(() => stops.current.get(sheet)?.abort(), [sheet]);
  return { outcome: outcomes[sheet], run, cancel };
}

interface Following {
  readonly text: string;
  readonly asOf: string | undefined;
  readonly explain: boolean;
  readonly signal: AbortSignal;
  readonly put: (outcome: Outcome) => void;
}

async function follow({ text, asOf, explain, signal, put }: Following): Promise<Outcome> {
  const begunAt = Date.now();
  const rows: (readonly Json[])[] = [];
  let columns: readonly Column[] = [];
  let drawnAt = 0;
  const now = (state: Outcome["state"], more: Partial<Outcome> = {}): Outcome => {
    const seconds = (Date.now() - begunAt) / 1_000;
    return { text, asOf, state, begunAt, seconds, columns, rows: rows.slice(), isPlan: explain, ...more };
  };
  put(now("running"));
  try {
    const answer = await api.sql(
      { sql: text, ...(asOf === undefined ? {} : { asOf }), ...(explain ? { explain } : { limit: mostRows }) },
      {
        signal,
        onItem: (item) => {
          if ("columns" in item) columns = item.columns;
          else rows.push(...item.rows);
          if (Date.now() - drawnAt < drawEveryMs) return;
          drawnAt = Date.now();
          put(now("running"));
        },
      },
    );
    return now("done", { answer });
  } catch (failure) {
    if (signal.aborted) return now("cancelled");
    noticeEnd(failure);
    return now("failed", { failure });
  }
}
