/** The frame around every page: the rail, or bars on a telephone, the page as one sheet, and what a session's end needs. */
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { followEvents } from "../api/live.ts";
import { useMe } from "../api/me.ts";
import { useWatches } from "../api/watches.ts";
import { hearSessionEnd, sessionIsOver } from "../api/session-end.ts";
import { MobileBar, TabBar } from "./mobile-bars.tsx";
import { Rail } from "./rail.tsx";
import { followKeys } from "./keys.ts";

const Search = lazy(() => import("./search.tsx").then(({ Search: search }) => ({ default: search })));
const KeySheet = lazy(() => import("./key-sheet.tsx").then(({ KeySheet: sheet }) => ({ default: sheet })));
const SignInAgain = lazy(() =>
  import("../screens/sign-in/sign-in-again.tsx").then(({ SignInAgain: again }) => ({ default: again })),
);

export function Frame(): ReactNode {
  const me = useMe();
  const watches = useWatches();
  const isOver = useSyncExternalStore(hearSessionEnd, sessionIsOver);
  const [search, setSearch] = useState<"unused" | "open" | "closed">("unused");
  const [isHelping, setIsHelping] = useState(false);
  const hasList = useRouterState({
    select: ({ location }) => /^\/(worksheet|sources|sharing|people)/.test(location.pathname),
  });
  const navigate = useNavigate();
  const open = (): void => setSearch("open");
  useEffect(() => (watches && !isOver ? followEvents("runs") : undefined), [watches, me?.name, me?.account, isOver]);
  useEffect(() => (isOver ? undefined : followEvents("sharing")), [me?.name, me?.account, isOver]);
  useEffect(
    () => followKeys({ onSearch: open, onHelp: () => setIsHelping(true), onLead: (to) => void navigate({ to }) }),
    [navigate],
  );
  if (me === undefined) return undefined;
  return (
    <div className={hasList ? "app with-list" : "app"}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Rail me={me} onSearch={open} onHelp={() => setIsHelping(true)} />
      <MobileBar me={me} onSearch={open} />
      <main id="main" className="sheet">
        <Outlet />
      </main>
      <TabBar />
      <Suspense>
        {search === "unused" ? undefined : <Search isOpen={search === "open"} onClose={() => setSearch("closed")} />}
        {isHelping ? <KeySheet onClose={() => setIsHelping(false)} /> : undefined}
        {isOver ? <SignInAgain user={me.behind ?? me.name} /> : undefined}
      </Suspense>
    </div>
  );
}
