/** The keys of the list of requests. Those that decide only put the focus on the control, so that nothing is decided by a slip. */
import { useNavigate } from "@tanstack/react-router";
import { usePageKeys } from "../../parts/page-keys.ts";

interface InboxKeys {
  /** The requests of the list in their order. */
  readonly handles: readonly string[];
  readonly shown: string | undefined;
  readonly isOpened: boolean;
  /** Whether the list is of requests to decide on. */
  readonly decides: boolean;
  readonly onChoose: (request: string) => void;
}

export function useInboxKeys({ handles, shown, isOpened, decides, onChoose }: InboxKeys): void {
  const navigate = useNavigate();
  const open = (request: string | undefined, replace: boolean): void =>
    void navigate({ to: "/sharing/{-$tab}/{-$item}", params: { tab: request, item: undefined }, replace });
  const at = shown === undefined ? -1 : handles.indexOf(shown);
  const go = (place: number): void => {
    const next = handles[Math.min(handles.length - 1, Math.max(0, place))];
    if (next !== undefined && next !== shown) open(next, isOpened);
  };
  const moving = [
    { key: "j", text: "Next request", work: () => go(at + 1) },
    { key: "k", text: "Previous request", work: () => go(at - 1) },
    { key: "u", text: "Back to the list", work: () => open(undefined, false) },
  ];
  const deciding = [
    { key: "x", text: "Choose it, or not, to decide on several", work: () => shown !== undefined && onChoose(shown) },
    { key: "a", text: "Go to Approve", work: () => focusOn("approve") },
    { key: "d", text: "Go to Deny", work: () => focusOn("deny") },
    { key: "m", text: "Go to the message", work: () => focusOn("message") },
  ];
  usePageKeys(decides ? [...moving, ...deciding] : moving);
}

/** The controls of several chosen requests come first on the page. */
function focusOn(control: string): void {
  const found = document.querySelector<HTMLElement>(`[data-key="${control}"]`);
  const field = found?.matches("button") === true ? found : found?.querySelector<HTMLElement>("textarea");
  field?.focus();
}
