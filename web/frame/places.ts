/** The pages that the rail and the bars of a telephone lead to, in their order. A page that does not exist yet is not here. */
import type { IconName } from "../parts/icon.tsx";

export interface Place {
  readonly to:
    | "/"
    | "/catalog"
    | "/worksheet"
    | "/explore"
    | "/boards"
    | "/sharing/{-$tab}/{-$item}"
    | "/access/{-$tab}"
    | "/people/{-$tab}/{-$name}"
    | "/sources/{-$source}"
    | "/audit"
    | "/settings/{-$tab}";
  /** Its address, with which those of its parts begin. A link to it never takes over the parts of the page that one is on. */
  readonly begins: string;
  readonly name: string;
  /** Where there is little room. */
  readonly short?: string;
  readonly icon: IconName;
}

export const places: readonly Place[] = [
  { to: "/", begins: "/", name: "Home", icon: "home" },
  { to: "/catalog", begins: "/catalog", name: "Catalog", icon: "table" },
  { to: "/worksheet", begins: "/worksheet", name: "Worksheet", short: "SQL", icon: "sql" },
  { to: "/explore", begins: "/explore", name: "Explore", icon: "explore" },
  { to: "/boards", begins: "/boards", name: "Boards", icon: "boards" },
];

export const governing: readonly Place[] = [
  { to: "/sharing/{-$tab}/{-$item}", begins: "/sharing", name: "Sharing", icon: "share" },
  { to: "/access/{-$tab}", begins: "/access", name: "Access", icon: "access" },
];

export const operating: readonly Place[] = [
  { to: "/sources/{-$source}", begins: "/sources", name: "Sources and runs", short: "Runs", icon: "sources" },
];

/** For those who administer an account. */
export const administering: readonly Place[] = [
  { to: "/people/{-$tab}/{-$name}", begins: "/people", name: "People", icon: "people" },
];

export const proving: readonly Place[] = [{ to: "/audit", begins: "/audit", name: "Audit", icon: "audit" }];

export const settling: readonly Place[] = [
  { to: "/settings/{-$tab}", begins: "/settings", name: "Settings", icon: "settings" },
];

export function isCurrent({ begins }: Place, path: string): boolean {
  return begins === "/" ? path === "/" : path === begins || path.startsWith(`${begins}/`);
}
