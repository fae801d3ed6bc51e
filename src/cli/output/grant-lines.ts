/** Grants in words: `ann has SELECT on shop.orders, only the columns id, name, until 2027-01-31`. */
import type { PresentedGrant } from "../../operations/access/present-grant.ts";
import type { PresentedWay } from "../../operations/access/present-way.ts";
import { shortInstant } from "./short-instant.ts";

/** The permission that an action needs. */
export const permissionFor = {
  watch: "DESCRIBE",
  read: "SELECT",
  operate: "OPERATE",
  alter: "ALTER",
  administer: "ADMINISTER",
} as const;

export function grantLine(grant: PresentedGrant): string {
  return `${grant.to} has ${grantedLine(grant)}`;
}

/** The same without its holder. */
export function grantedLine(grant: PresentedGrant): string {
  const limits = [partOf(grant), timeOf(grant), grant.grantable ? "may pass it on" : ""].filter((text) => text !== "");
  return [`${grant.permissions.join(", ")} on ${grant.on}`, ...limits].join(", ");
}

export function partOf({ columns, filter }: Pick<PresentedGrant, "columns" | "filter">): string {
  if (filter !== null) return `what the filter ${filter} shows`;
  if (columns === null) return "";
  if (columns.mode === "exclude" && columns.names.length === 0) return "all columns";
  return `${columns.mode === "include" ? "only the columns" : "all columns but"} ${columns.names.join(", ")}`;
}

export function timeOf({ from, until }: Pick<PresentedGrant, "from" | "until">): string {
  return [from === null ? "" : `from ${shortInstant(from)}`, until === null ? "" : `until ${shortInstant(until)}`]
    .filter((text) => text !== "")
    .join(" ");
}

/** The maker of a grant that no person made: `headgate.yaml`, `the role analyst`, `the set of grants dashboards`. */
export function originText(origin: string): string {
  if (origin === "yaml") return "headgate.yaml";
  if (origin === "administers the first account") return "administering the first account";
  return origin.replace(/^set:/, "the set of grants ").replace(/^role:/, "the role ");
}

/** A condition that compares an attribute that the reader does not have is never true. */
function rowsText(rows: PresentedWay["rows"]): string {
  if (rows === null || rows === "some") return "";
  return rows === "NULL" ? "no rows: its condition needs an attribute that they do not have" : `rows where ${rows}`;
}

/** `with domain=sales of the database`, `but not email with sensitivity=secret of its own`. */
function evidenceText({ column, reached, tags }: PresentedWay["tags"][number]): string {
  const list = tags
    .map(({ tag, from }) => (from === "column" ? `${tag} of its own` : `${tag} of the ${from}`))
    .join(", ");
  const own = list === "" ? "no such tag" : list;
  if (column === null) return reached ? `by ${own}` : "";
  return `${reached ? "and" : "but not"} ${column} with ${own}`;
}

/** `SELECT on shop.* to group:bi, a member through group:staff`. */
export function wayLine({ permissions, on, to, through, filter, until, origin, broken, ...way }: PresentedWay): string {
  const limits = [
    origin === null ? "" : `by ${originText(origin)}`,
    way.passedOnBy === null ? "" : `passed on by ${way.passedOnBy}`,
    way.share === null ? "" : `from the share ${way.share}`,
    through.length < 2 ? "" : `through ${through.slice(0, -1).join(", ")}`,
    filter === null ? "" : `with the filter ${filter}`,
    way.columns === null ? "" : partOf({ columns: way.columns, filter: null }),
    rowsText(way.rows),
    way.masks.length === 0 ? "" : `masked: ${way.masks.map(({ column, mask }) => `${column} (${mask})`).join(", ")}`,
    until === null ? "" : `until ${shortInstant(until)}`,
    broken === undefined ? "" : `gives no rows: ${broken}`,
    ...way.tags.map(evidenceText),
  ];
  return [`${permissions.join(", ")} on ${on} to ${to}`, ...limits.filter((text) => text !== "")].join(", ");
}
