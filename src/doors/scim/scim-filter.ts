/**
 * The filters of SCIM (RFC 7644, section 3.4.2.2): `userName eq "ann" and not (active eq false)`. Reading one, and asking
 * whether a resource fits. Pure. Texts are compared without letter case, except ids.
 */
import { truthOf } from "../../identity/provisioning/said-attributes.ts";
import { isObject, valueOf, type Json } from "./json.ts";
import { ScimMistake } from "./scim-error.ts";

export type Filter =
  | { readonly kind: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly kind: "not"; readonly part: Filter }
  | { readonly kind: "present"; readonly path: Path }
  | { readonly kind: "compare"; readonly path: Path; readonly by: Comparison; readonly value: Literal }
  /** A filter on each value of an attribute: `emails[type eq "work"]`. */
  | { readonly kind: "within"; readonly path: Path; readonly filter: Filter };

/** The attribute, with the URN of its schema before it if there was one, and its part. */
export type Path = readonly string[];

const comparisons = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;
type Comparison = (typeof comparisons)[number];
type Literal = string | number | boolean | null;

const longest = 10_000;
const deepest = 40;

/** Throws ScimMistake. */
export function parseFilter(text: string): Filter {
  if (text.length > longest) throw mistake("it is too long");
  const tokens = tokensOf(text);
  const reader = { tokens, at: 0, depth: 0 };
  const filter = readOr(reader);
  if (reader.at < tokens.length) throw mistake(`"${tokens[reader.at]}" is not expected`);
  return filter;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  depth: number;
}

function tokensOf(text: string): readonly string[] {
  const pattern = /\s*("(?:[^"\\]|\\.)*"|[()[\]]|[^\s()[\]"]+)/gy;
  const tokens: string[] = [];
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (match?.[1] === undefined) throw mistake("a text has no end");
    tokens.push(match[1]);
  }
  return tokens;
}

function readOr(reader: Reader): Filter {
  if (++reader.depth > deepest) throw mistake("it is too deep");
  const filter = readList(reader, "or", () => readList(reader, "and", () => readOne(reader)));
  reader.depth--;
  return filter;
}

function readList(reader: Reader, kind: "and" | "or", read: () => Filter): Filter {
  const parts = [read()];
  while (isWord(reader, kind)) {
    reader.at++;
    parts.push(read());
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}

function isWord({ tokens, at }: Reader, word: string): boolean {
  return tokens[at]?.toLowerCase() === word;
}

function readOne(reader: Reader): Filter {
  if (isWord(reader, "not") && reader.tokens[reader.at + 1] === "(") {
    reader.at++;
    return { kind: "not", part: readGroup(reader, ")") };
  }
  if (reader.tokens[reader.at] === "(") return readGroup(reader, ")");
  const path = parsePath(next(reader));
  if (reader.tokens[reader.at] === "[") return { kind: "within", path, filter: readGroup(reader, "]") };
  const word = next(reader).toLowerCase();
  if (word === "pr") return { kind: "present", path };
  const by = comparisons.find((known) => known === word);
  if (by === undefined) throw mistake(`"${word}" is not a comparison`);
  return { kind: "compare", path, by, value: literalOf(next(reader)) };
}

function readGroup(reader: Reader, end: ")" | "]"): Filter {
  reader.at++;
  const filter = readOr(reader);
  if (next(reader) !== end) throw mistake(`${end} is missing`);
  return filter;
}

function next(reader: Reader): string {
  const token = reader.tokens[reader.at++];
  if (token === undefined) throw mistake("it ends too early");
  return token;
}

function literalOf(token: string): Literal {
  try {
    const value: unknown = JSON.parse(/^(true|false|null)$/i.test(token) ? token.toLowerCase() : token);
    if (typeof value === "string" && value.includes("\0")) throw mistake("a text has a zero byte");
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return value;
  } catch (failure) {
    if (failure instanceof ScimMistake) throw failure;
  }
  throw mistake(`${token} is not a value; texts are in double quotes`);
}

/** Throws ScimMistake. */
export function parsePath(text: string): Path {
  const [, urn, rest = urn === undefined ? text : ""] = /^(urn:.+:\d+\.\d+:\w+)(?::(.+))?$/i.exec(text) ?? [];
  const parts = rest === "" ? [] : rest.split(".");
  if (parts.some((part) => !/^[$a-z][\w$-]*$/i.test(part)) || parts.length > 2)
    throw new ScimMistake("invalidPath", `${text.slice(0, 200)} is not the path of an attribute`);
  return urn === undefined || isCore(urn) ? parts : [urn, ...parts];
}

/** Attributes of these schemas are those of the resource itself. */
function isCore(urn: string): boolean {
  return /^urn:ietf:params:scim:schemas:core:2\.0:(user|group)$/i.test(urn);
}

export function fits(resource: unknown, filter: Filter): boolean {
  switch (filter.kind) {
    case "and":
      return filter.parts.every((part) => fits(resource, part));
    case "or":
      return filter.parts.some((part) => fits(resource, part));
    case "not":
      return !fits(resource, filter.part);
    case "within":
      return elementsAt(resource, filter.path).some((element) => fits(element, filter.filter));
    case "present":
      return valuesAt(resource, filter.path).some((value) => value !== null && value !== undefined && value !== "");
    case "compare":
      return comparesAny(valuesAt(resource, filter.path), filter);
  }
}

function elementsAt(resource: unknown, path: Path): readonly unknown[] {
  let found: readonly unknown[] = [resource];
  for (const name of path) found = found.flatMap((one) => (isObject(one) ? [valueOf(one, name)].flat() : []));
  return found;
}

/** A value with parts stands for its part that is called value. */
function valuesAt(resource: unknown, path: Path): readonly unknown[] {
  return elementsAt(resource, path).map((one) =>
    isObject(one) ? (valueOf(one, "value") ?? JSON.stringify(one)) : one,
  );
}

type Compare = Extract<Filter, { readonly kind: "compare" }>;

function comparesAny(values: readonly unknown[], { by, value, path }: Compare): boolean {
  const isExact = ["id", "externalid"].includes(path.at(-1)?.toLowerCase() ?? "");
  if (by === "ne") return !values.some((one) => compares(one, { by: "eq", value, isExact }));
  return values.some((one) => compares(one, { by, value, isExact }));
}

interface Comparing {
  readonly by: Comparison;
  readonly value: Literal;
  readonly isExact: boolean;
}

function compares(given: unknown, { by, value, isExact }: Comparing): boolean {
  if (value === null) return by === "eq" && (given === null || given === undefined);
  if (typeof given === "boolean" || typeof value === "boolean") return by === "eq" && truthOf(given) === truthOf(value);
  if (typeof given !== typeof value) return false;
  if (typeof given === "number" && typeof value === "number") return inOrder(given, by, value);
  if (typeof given !== "string" || typeof value !== "string") return false;
  const [one, other] = isExact ? [given, value] : [given.toLowerCase(), value.toLowerCase()];
  if (by === "co") return one.includes(other);
  if (by === "sw") return one.startsWith(other);
  if (by === "ew") return one.endsWith(other);
  return inOrder(one, by, other);
}

function inOrder<T extends string | number>(one: T, by: Comparison, other: T): boolean {
  if (by === "eq") return one === other;
  if (by === "gt") return one > other;
  if (by === "ge") return one >= other;
  if (by === "lt") return one < other;
  return by === "le" && one <= other;
}

function mistake(why: string): ScimMistake {
  return new ScimMistake("invalidFilter", `the filter cannot be read: ${why}`);
}

/** The values that an attribute must be equal to for the filter to fit, as far as the filter says it at its top. */
export function equalTo(filter: Filter, attribute: string): string | undefined {
  if (filter.kind === "and")
    return filter.parts.map((part) => equalTo(part, attribute)).find((value) => value !== undefined);
  if (filter.kind !== "compare" || filter.by !== "eq" || typeof filter.value !== "string") return undefined;
  const [only, ...more] = filter.path;
  return more.length === 0 && only?.toLowerCase() === attribute.toLowerCase() ? filter.value : undefined;
}

/** An element that fits a filter of equalities, for `emails[type eq "work"].value` of somebody who has none. */
export function elementFor(filter: Filter): Json | undefined {
  if (filter.kind === "and") {
    const parts = filter.parts.map(elementFor);
    return parts.some((part) => part === undefined) ? undefined : Object.assign({}, ...parts);
  }
  const [only, ...more] = filter.kind === "compare" && filter.by === "eq" ? filter.path : [];
  if (filter.kind !== "compare" || only === undefined || more.length > 0) return undefined;
  return { [only]: only.toLowerCase() === "primary" ? truthOf(filter.value) : filter.value };
}
