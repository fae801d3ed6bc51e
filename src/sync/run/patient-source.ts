/**
 * A connector that limits how long to wait for answers that should never take long: connecting, listing and describing
 * tables, opening a consistent state. Rows and digests may take hours and are not limited; the caller can abort them.
 */
import { withinTime } from "../../base/within-time.ts";
import { HeadgateError } from "../../errors.ts";
import type { Connector, Source } from "../source.ts";

export interface Patience {
  readonly openMs: number;
  /** Allows minutes, because the dictionary of a hundred thousand tables takes that long. */
  readonly answerMs: number;
}

const usualPatience: Patience = { openMs: 120_000, answerMs: 600_000 };

/** Throws SOURCE_UNREACHABLE instead of waiting longer. */
export function patientConnector(connector: Connector, { openMs, answerMs }: Patience = usualPatience): Connector {
  return {
    ...connector,
    async open(address) {
      const opening = connector.open(address);
      const late = (): HeadgateError => {
        disposeWhenOpen(opening);
        return tooLate(address.url.host, openMs);
      };
      const source = await withinTime(opening, { milliseconds: openMs, late });
      return patientSource(source, { place: address.url.host, milliseconds: answerMs });
    },
  };
}

function patientSource(source: Source, { place, milliseconds }: { place: string; milliseconds: number }): Source {
  const late = (): HeadgateError => {
    void source[Symbol.asyncDispose]();
    return tooLate(place, milliseconds);
  };
  const within =
    <Asked extends unknown[], T>(ask: (...asked: Asked) => Promise<T>) =>
    (...asked: Asked): Promise<T> =>
      withinTime(ask(...asked), { milliseconds, late });
  return {
    ...source,
    identity: within(source.identity),
    test: within(source.test),
    discover: within(source.discover),
    hidden: within(source.hidden),
    describe: within(source.describe),
    openCut(options) {
      const opening = source.openCut(options);
      return withinTime(opening, { milliseconds, late }).catch((failure: unknown) => {
        disposeWhenOpen(opening);
        throw failure;
      });
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

function disposeWhenOpen(opening: Promise<AsyncDisposable>): void {
  opening.then(
    (opened) => opened[Symbol.asyncDispose](),
    () => undefined,
  );
}

function tooLate(place: string, milliseconds: number): HeadgateError {
  const seconds = milliseconds / 1000;
  const time = seconds < 120 ? `${seconds} s` : `${seconds / 60} minutes`;
  return new HeadgateError("SOURCE_UNREACHABLE", { place, message: `the server did not answer within ${time}` });
}
