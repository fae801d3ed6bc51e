/** Finds a query or a board by the name that people gave it, among their own first; an id is taken as it is. */
import type { Command } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke } from "../invoke.ts";

export interface Finding {
  readonly command: Command;
  readonly connectors: CliParts["connectors"];
}

/** Throws QUERY_NOT_FOUND, and USAGE for a name that several people have shared. */
export async function queryNamed(finding: Finding, name: string): Promise<string> {
  if (isId(name)) return name;
  const operation = async () => (await import("../../operations/kept/queries.ts")).queryList;
  const { queries } = await invoke({ ...finding, operation, input: {} });
  const all = queries.map(({ query, ...rest }) => ({ id: query, ...rest }));
  return oneOf(all, name) ?? missing("QUERY_NOT_FOUND", name);
}

/** Throws BOARD_NOT_FOUND, and USAGE for a name that several people have shared. */
export async function boardNamed(finding: Finding, name: string): Promise<string> {
  if (isId(name)) return name;
  const operation = async () => (await import("../../operations/kept/boards.ts")).boardList;
  const { boards } = await invoke({ ...finding, operation, input: {} });
  const all = boards.map(({ board, ...rest }) => ({ id: board, ...rest }));
  return oneOf(all, name) ?? missing("BOARD_NOT_FOUND", name);
}

/** The id of one's own of that name; undefined if there is none yet. */
export function ownNamed(all: readonly Named[], name: string): string | undefined {
  return all.find((one) => one.isOwn && isCalled(one, name))?.id;
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly isOwn: boolean;
}

function isCalled(one: Named, name: string): boolean {
  return one.name.toLowerCase() === name.trim().toLowerCase();
}

function oneOf(all: readonly Named[], name: string): string | undefined {
  const own = ownNamed(all, name);
  const others = all.filter((one) => isCalled(one, name));
  if (own !== undefined || others.length < 2) return own ?? others[0]?.id;
  throw new HeadgateError("USAGE", {
    place: name,
    message: `${others.map(({ owner }) => owner).join(" and ")} have shared something of this name`,
    remedy: `name it by its id: ${others.map(({ id, owner }) => `${id} (${owner})`).join(", ")}`,
  });
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function missing(code: "QUERY_NOT_FOUND" | "BOARD_NOT_FOUND", place: string): never {
  throw new HeadgateError(code, { place });
}
