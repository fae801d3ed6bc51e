/** The keys that work on every page. Single letters are left alone while somebody types. */
import { isTyping, lettersWork } from "../parts/page-keys.ts";

interface KeyWork {
  readonly onSearch: () => void;
  /** Shows the sheet of keys. */
  readonly onHelp: () => void;
  readonly onLead: (to: Lead) => void;
}

type Lead = "/" | "/catalog" | "/worksheet" | "/sharing/{-$tab}/{-$item}" | "/access/{-$tab}" | "/sources/{-$source}";

const leads: Readonly<Record<string, Lead>> = {
  h: "/",
  c: "/catalog",
  w: "/worksheet",
  s: "/sharing/{-$tab}/{-$item}",
  a: "/access/{-$tab}",
  r: "/sources/{-$source}",
};

/** Returns a function that stops. */
export function followKeys({ onSearch, onHelp, onLead }: KeyWork): () => void {
  let isLeading = false;
  const hear = (event: KeyboardEvent): void => {
    const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (isCommand || (event.key === "/" && !isTyping(event))) {
      event.preventDefault();
      return onSearch();
    }
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") return onHelp();
    if (!lettersWork()) return;
    const to = isLeading ? leads[event.key] : undefined;
    isLeading = event.key === "g";
    if (to !== undefined) onLead(to);
  };
  addEventListener("keydown", hear);
  return () => removeEventListener("keydown", hear);
}
