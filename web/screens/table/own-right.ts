/** The right of the person who looks to a table, from what the server says of their access. */
import { useQuery } from "@tanstack/react-query";
import type { Reached, TableShowAnswer } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { mineQuery } from "../../api/queries.ts";
import { tableName } from "../../parts/names.ts";

export interface OwnRight {
  readonly reads: Reached["reads"];
  /** The columns of which they read something; null for all. Others they may know only by name. */
  readonly columns: readonly string[] | null;
  readonly mayAlter: boolean;
  readonly mayAdminister: boolean;
  /** The mask of each masked column. */
  readonly masks: ReadonlyMap<string, string>;
  /** Whether they see only some rows. */
  readonly isRestricted: boolean;
  readonly ways: Reached["ways"];
}

/** Undefined until the server has answered. */
export function useOwnRight({ database, name, owners, stewards }: TableShowAnswer): OwnRight | undefined {
  const { data: mine } = useQuery(mineQuery);
  const me = useMe();
  if (mine === undefined) return undefined;
  const reached = mine.reached.find(({ resource, kind }) => kind === "table" && resource === tableName(database, name));
  const answers = [...owners, ...stewards].some(({ who }) => who === me?.name);
  const ways = reached?.ways ?? [];
  return {
    reads: mine.everything ? "whole" : (reached?.reads ?? "nothing"),
    columns: mine.everything ? null : (reached?.columns ?? null),
    mayAlter: mine.everything || answers || reached?.actions.includes("alter") === true,
    mayAdminister: mine.everything || reached?.actions.includes("administer") === true,
    masks: new Map(ways.flatMap(({ masks }) => masks.map(({ column, mask }) => [column, maskWords(mask)] as const))),
    isRestricted: ways.length > 0 && ways.every(({ rows }) => rows !== null),
    ways,
  };
}

export function maskWords(mask: string): string {
  const words: Readonly<Record<string, string>> = {
    "mask-alphanum": "letters hidden",
    "mask-to-default": "a default",
    "replace-with-null": "null",
    "show-first-4": "first 4 characters",
    "show-last-4": "last 4 characters",
    "truncate-to-year": "year only",
    "truncate-to-month": "month only",
    "sha-256-global": "hash",
    "sha-256-query-local": "hash per query",
    "fixed-value": "a fixed value",
  };
  return words[mask] ?? mask;
}
