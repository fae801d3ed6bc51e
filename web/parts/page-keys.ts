/**
 * The keys of a page: single letters that work while nobody types, and that people can switch off. The sheet of keys
 * lists those of the page that is shown.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface PageKey {
  readonly key: string;
  /** The effect in words, for the sheet. */
  readonly text: string;
  readonly work: () => unknown;
}

const shown = new Set<readonly PageKey[]>();
const hearers = new Set<() => void>();
let list: readonly PageKey[] = [];

export function usePageKeys(keys: readonly PageKey[]): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  const names = keys.map(({ key }) => key).join("");
  useEffect(() => {
    const own = latest.current;
    shown.add(own);
    tell();
    const hear = (event: KeyboardEvent): void => {
      if (isForPage(event)) latest.current.find(({ key }) => key === event.key)?.work();
    };
    addEventListener("keydown", hear);
    return () => {
      removeEventListener("keydown", hear);
      shown.delete(own);
      tell();
    };
  }, [names]);
}

/** The keys of the page that is shown, for the sheet. */
export function useShownKeys(): readonly PageKey[] {
  return useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => list,
  );
}

function tell(): void {
  list = [...shown].flat();
  for (const hear of hearers) hear();
}

/** Single letters are left alone while somebody types, in dialogs, and when they are switched off. */
function isForPage(event: KeyboardEvent): boolean {
  return (
    lettersWork() &&
    !isTyping(event) &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    document.querySelector("[role=dialog]") === null
  );
}

export function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const setting = "headgate.letters";

export function lettersWork(): boolean {
  return localStorage.getItem(setting) !== "off";
}

export function setLettersWork(isOn: boolean): void {
  localStorage.setItem(setting, isOn ? "on" : "off");
}
