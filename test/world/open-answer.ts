/** An answer of a served Headgate that is read as it arrives, such as a stream of events or of rows. */
import { setTimeout as delay } from "node:timers/promises";

export interface OpenAnswer {
  readonly status: number;
  /** Everything that has arrived. */
  text(): string;
  /** Resolves with everything when the server has ended the answer. */
  readonly whole: Promise<string>;
  /** Hangs up. */
  leave(): void;
}

export async function openAnswer(
  address: string,
  init: RequestInit = {},
  /** Time to wait after each part, so that an endless answer does not take all of a processor. */
  { pauseMs = 0 } = {},
): Promise<OpenAnswer> {
  const hangUp = new AbortController();
  const response = await fetch(address, { ...init, signal: hangUp.signal });
  let text = "";
  const readAll = async (): Promise<string> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-1e6);
      if (pauseMs > 0) await delay(pauseMs);
    }
    return text;
  };
  const whole = readAll().catch(() => text);
  return { status: response.status, text: () => text, whole, leave: () => hangUp.abort() };
}
