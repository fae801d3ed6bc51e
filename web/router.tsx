/** Every address of the console. A page loads its own part when it is first shown, or when its link is pointed at. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { cache } from "./api/client.ts";
import { meQuery } from "./api/me.ts";
import { Frame } from "./frame/frame.tsx";
import { NotFound } from "./frame/not-found.tsx";
import { PageFailed } from "./frame/page-failed.tsx";
import { SignIn } from "./screens/sign-in/sign-in.tsx";
import type { CatalogSearch } from "./screens/catalog/catalog-search.ts";
import { auditSearchOf } from "./screens/audit/audit-search.ts";
import { addSearch } from "./screens/sources/add-search.ts";
import { exploreSearch } from "./screens/explore/explore-search.ts";
import type { AskSearch } from "./screens/sharing/ask-search.ts";
import type { WorksheetSearch } from "./screens/worksheet/worksheet-search.ts";
import { Home } from "./screens/home/home.tsx";

const root = createRootRoute({ notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: SignIn,
  validateSearch: ({ next, user }: Record<string, unknown>): { next?: string; user?: string } => ({
    ...(isOwn(next) ? { next } : {}),
    ...(typeof user === "string" ? { user } : {}),
  }),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Frame,
  beforeLoad: async ({ location }) => {
    const me = await cache.ensureQueryData(meQuery);
    if (me === null || me.mustChangePassword || me.lacksAuthenticator === true)
      // oxlint-disable-next-line typescript/only-throw-error -- the router's way to lead elsewhere
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
  },
});

const home = createRoute({ getParentRoute: () => inside, path: "/", component: Home });

const catalog = createRoute({
  getParentRoute: () => inside,
  path: "/catalog",
  component: lazyRouteComponent(() => import("./screens/catalog/catalog.tsx"), "Catalog"),
  validateSearch: ({ q, database, only, sort }: Record<string, unknown>): CatalogSearch => ({
    ...(typeof q === "string" && q !== "" ? { q } : {}),
    ...(typeof database === "string" ? { database } : {}),
    ...(only === "readable" || only === "views" || only === "late" ? { only } : {}),
    ...(sort === "rows" || sort === "changed" ? { sort } : {}),
  }),
});

const database = createRoute({
  getParentRoute: () => inside,
  path: "/catalog/$database",
  component: lazyRouteComponent(() => import("./screens/catalog/database.tsx"), "DatabasePage"),
});

const table = createRoute({
  getParentRoute: () => inside,
  path: "/catalog/$database/$table/{-$tab}",
  component: lazyRouteComponent(() => import("./screens/table/table.tsx"), "TablePage"),
  // Ids of states can look like numbers to whoever reads an address.
  validateSearch: ({ from, to }: Record<string, unknown>): { from?: string; to?: string } => ({
    ...(typeof from === "string" ? { from } : {}),
    ...(typeof to === "string" ? { to } : {}),
  }),
});

const worksheet = createRoute({
  getParentRoute: () => inside,
  path: "/worksheet",
  component: lazyRouteComponent(() => import("./screens/worksheet/worksheet.tsx"), "Worksheet"),
  validateSearch: ({ table: from, query, sql }: Record<string, unknown>): WorksheetSearch => ({
    ...(typeof from === "string" ? { table: from } : {}),
    ...(typeof query === "string" ? { query } : {}),
    ...(typeof sql === "string" ? { sql } : {}),
  }),
});

const explore = createRoute({
  getParentRoute: () => inside,
  path: "/explore",
  component: lazyRouteComponent(() => import("./screens/explore/explore.tsx"), "Explore"),
  validateSearch: exploreSearch,
});

const boards = createRoute({
  getParentRoute: () => inside,
  path: "/boards",
  component: lazyRouteComponent(() => import("./screens/boards/boards.tsx"), "Boards"),
});

const board = createRoute({
  getParentRoute: () => inside,
  path: "/boards/$board",
  component: lazyRouteComponent(() => import("./screens/boards/board.tsx"), "BoardPage"),
  validateSearch: ({ edit }: Record<string, unknown>): { edit?: boolean } => (edit === true ? { edit } : {}),
});

const sharing = createRoute({
  getParentRoute: () => inside,
  path: "/sharing/{-$tab}/{-$item}",
  component: lazyRouteComponent(() => import("./screens/sharing/sharing.tsx"), "Sharing"),
  validateSearch: ({ edit }: Record<string, unknown>): { edit?: boolean } => (edit === true ? { edit } : {}),
});

const ask = createRoute({
  getParentRoute: () => inside,
  path: "/sharing/ask",
  component: lazyRouteComponent(() => import("./screens/sharing/ask.tsx"), "Ask"),
  validateSearch: ({ on, product }: Record<string, unknown>): AskSearch => ({
    ...(typeof on === "string" ? { on } : {}),
    ...(typeof product === "string" ? { product } : {}),
  }),
});

const access = createRoute({
  getParentRoute: () => inside,
  path: "/access/{-$tab}",
  component: lazyRouteComponent(() => import("./screens/access/access.tsx"), "Access"),
});

const explain = createRoute({
  getParentRoute: () => inside,
  path: "/access/explain",
  component: lazyRouteComponent(() => import("./screens/access/explain.tsx"), "Explain"),
  validateSearch: ({ who, table: on }: Record<string, unknown>): { who?: string; table?: string } => ({
    ...(typeof who === "string" ? { who } : {}),
    ...(typeof on === "string" ? { table: on } : {}),
  }),
});

const people = createRoute({
  getParentRoute: () => inside,
  path: "/people/{-$tab}/{-$name}",
  component: lazyRouteComponent(() => import("./screens/people/people.tsx"), "People"),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings/{-$tab}",
  component: lazyRouteComponent(() => import("./screens/settings/settings.tsx"), "Settings"),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  component: lazyRouteComponent(() => import("./screens/audit/audit.tsx"), "Audit"),
  validateSearch: auditSearchOf,
});

const sources = createRoute({
  getParentRoute: () => inside,
  path: "/sources/{-$source}",
  component: lazyRouteComponent(() => import("./screens/sources/sources.tsx"), "Sources"),
});

/** Names of sources have no hyphen, so these addresses are nobody's. */
const newSource = createRoute({
  getParentRoute: () => inside,
  path: "/sources/new-source",
  component: lazyRouteComponent(() => import("./screens/sources/add-source.tsx"), "AddSource"),
  validateSearch: addSearch,
});

const sourceTab = createRoute({
  getParentRoute: () => inside,
  path: "/sources/$source/$tab",
  component: lazyRouteComponent(() => import("./screens/sources/sources.tsx"), "Sources"),
  validateSearch: ({ run }: Record<string, unknown>): { run?: string } => (typeof run === "string" ? { run } : {}),
});

const allRuns = createRoute({
  getParentRoute: () => inside,
  path: "/sources/all-runs",
  component: lazyRouteComponent(() => import("./screens/sources/all-runs.tsx"), "AllRuns"),
});

const allSchedules = createRoute({
  getParentRoute: () => inside,
  path: "/sources/all-schedules",
  component: lazyRouteComponent(() => import("./screens/sources/all-schedules.tsx"), "AllSchedules"),
});

const allMaintenance = createRoute({
  getParentRoute: () => inside,
  path: "/sources/all-maintenance",
  component: lazyRouteComponent(() => import("./screens/sources/upkeep.tsx"), "Upkeep"),
});

const allAlerts = createRoute({
  getParentRoute: () => inside,
  path: "/sources/all-alerts",
  component: lazyRouteComponent(() => import("./screens/sources/alerts.tsx"), "Alerts"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    inside.addChildren([
      home,
      catalog,
      database,
      table,
      worksheet,
      explore,
      boards,
      board,
      sharing,
      ask,
      access,
      explain,
      people,
      sources,
      sourceTab,
      newSource,
      allRuns,
      allSchedules,
      allMaintenance,
      allAlerts,
      audit,
      settings,
    ]),
  ]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: PageFailed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** Signing in leads on only to our own pages. */
function isOwn(address: unknown): address is string {
  return typeof address === "string" && /^\/(?![/\\])/.test(address);
}
