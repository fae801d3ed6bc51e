/**
 * Changes of SCIM (PATCH, RFC 7644, section 3.5.2) as Microsoft Entra ID and Okta send them: with and without a path, the
 * operation in any letter case, true and false as texts. Pure; a resource that was given is not changed.
 */
import { isDeepStrictEqual } from "node:util";
import { truthOf } from "../../identity/provisioning/said-attributes.ts";
import { isObject, nameIn, valueOf, type Json } from "./json.ts";
import { elementFor, fits, parseFilter, parsePath, type Filter, type Path } from "./scim-filter.ts";
import { ScimMistake } from "./scim-error.ts";

export interface PatchOperation {
  readonly op: "add" | "replace" | "remove";
  readonly path: string | undefined;
  readonly value: unknown;
}

const most = 1_000;

/** Throws ScimMistake. */
export function patchOperations(body: unknown): readonly PatchOperation[] {
  const given = isObject(body) ? valueOf(body, "Operations") : undefined;
  if (!Array.isArray(given) || given.length === 0 || given.length > most)
    throw new ScimMistake("invalidSyntax", `a change has Operations, a list of 1 to ${most}`);
  return given.map(operationOf);
}

function operationOf(given: unknown): PatchOperation {
  if (!isObject(given)) throw new ScimMistake("invalidSyntax", "each of the Operations is an object");
  const [op, path] = [String(valueOf(given, "op")).toLowerCase(), valueOf(given, "path")];
  if (op !== "add" && op !== "replace" && op !== "remove")
    throw new ScimMistake("invalidSyntax", "op is add, replace or remove");
  if (path !== undefined && path !== null && typeof path !== "string")
    throw new ScimMistake("invalidPath", "a path is a text");
  return { op, path: path ?? undefined, value: valueOf(given, "value") };
}

/** Throws ScimMistake. */
export function patched(resource: Json, operations: readonly PatchOperation[]): Json {
  const changed = structuredClone(resource);
  for (const operation of operations) apply(changed, operation);
  return changed;
}

function apply(resource: Json, { op, path, value }: PatchOperation): void {
  if (path !== undefined && path !== "") return applyAt(resource, { op, target: changeable(parseTarget(path)), value });
  if (op === "remove") throw new ScimMistake("noTarget", "what is removed needs a path");
  if (!isObject(value)) throw new ScimMistake("invalidValue", "without a path, the value is an object of attributes");
  for (const [name, one] of Object.entries(value)) applyAt(resource, { op, target: parseTarget(name), value: one });
}

/** Beside other attributes, providers repeat these, which changes nothing. Throws ScimMistake. */
function changeable(target: Target): Target {
  const [name = ""] = target.path;
  if (["id", "meta", "groups"].includes(name.toLowerCase()))
    throw new ScimMistake("mutability", `${name} cannot be changed`);
  return target;
}

export interface Target {
  readonly path: Path;
  /** Which values of the attribute. */
  readonly filter: Filter | undefined;
  /** A part of each of them. */
  readonly part: string | undefined;
}

/** Throws ScimMistake. */
export function parseTarget(text: string): Target {
  const [, before = text, inside, part] = /^([^[]+)\[(.*)\](?:\.([\w$-]+))?$/s.exec(text) ?? [];
  return { path: parsePath(before), filter: inside === undefined ? undefined : parseFilter(inside), part };
}

interface Change {
  readonly op: PatchOperation["op"];
  readonly target: Target;
  readonly value: unknown;
}

function applyAt(resource: Json, { op, target, value }: Change): void {
  const { path, filter, part } = target;
  const holder = holderOf(resource, path.slice(0, -1), op);
  const last = path.at(-1);
  if (holder === undefined) return;
  if (last === undefined) return void mergeInto(resource, op, value);
  const name = safeName(nameIn(holder, last));
  const before = primariesOf(holder[name]);
  if (filter !== undefined) applyWithin(holder, { op, name, filter, part, value });
  else if (op === "remove") removeFrom(holder, name, value);
  else holder[name] = op === "add" ? added(holder[name], value) : replaced(holder[name], value);
  keepOnePrimary(before, primariesOf(holder[name]));
}

/** The values of an attribute that are the primary one. */
function primariesOf(values: unknown): readonly Json[] {
  return (Array.isArray(values) ? values : [])
    .filter(isObject)
    .filter((one) => truthOf(valueOf(one, "primary")) === true);
}

/** Where another value becomes the primary one, the earlier one is it no longer (RFC 7644, section 3.5.2). */
function keepOnePrimary(before: readonly Json[], after: readonly Json[]): void {
  if (after.every((one) => before.includes(one))) return;
  for (const one of before) one[nameIn(one, "primary")] = false;
}

function mergeInto(resource: Json, op: PatchOperation["op"], value: unknown): void {
  if (isObject(value)) for (const [name, one] of Object.entries(value)) apply(resource, { op, path: name, value: one });
}

/** The object that has the last part of a path; made if something is put there. */
function holderOf(resource: Json, path: Path, op: PatchOperation["op"]): Json | undefined {
  let holder = resource;
  for (const wanted of path) {
    const name = safeName(nameIn(holder, wanted));
    if (!isObject(holder[name])) {
      if (op === "remove") return undefined;
      holder[name] = {};
    }
    const next = holder[name];
    if (!isObject(next)) return undefined;
    holder = next;
  }
  return holder;
}

/** Never a name that every object has. */
function safeName(name: string): string {
  if (["__proto__", "constructor", "prototype"].includes(name))
    throw new ScimMistake("invalidPath", `${name} is no attribute`);
  return name;
}

function added(before: unknown, value: unknown): unknown {
  if (Array.isArray(before)) {
    const others = [value].flat().filter((one) => !before.some((known) => isDeepStrictEqual(known, one)));
    return [...(before as unknown[]), ...(others as unknown[])];
  }
  return replaced(before, value);
}

/** An object with parts keeps those that are not named (RFC 7644, section 3.5.2.3). */
function replaced(before: unknown, value: unknown): unknown {
  return isObject(before) && isObject(value) ? { ...before, ...value } : value;
}

/** With a value, only those of many that are in it. */
function removeFrom(holder: Json, name: string, value: unknown): void {
  const before = holder[name];
  if (!Array.isArray(before) || value === undefined || value === null) return void delete holder[name];
  const gone = [value].flat().map(plainValue);
  holder[name] = before.filter((one) => !gone.some((other) => isDeepStrictEqual(other, plainValue(one))));
}

function plainValue(value: unknown): unknown {
  return isObject(value) ? (valueOf(value, "value") ?? value) : value;
}

interface Within {
  readonly op: PatchOperation["op"];
  readonly name: string;
  readonly filter: Filter;
  readonly part: string | undefined;
  readonly value: unknown;
}

function applyWithin(holder: Json, { op, name, filter, part, value }: Within): void {
  const present = holder[name];
  const elements: unknown[] = Array.isArray(present) ? present : isObject(present) ? [present] : [];
  const chosen = elements.filter((element) => fits(element, filter));
  if (op === "remove") {
    if (part === undefined) holder[name] = elements.filter((element) => !chosen.includes(element));
    else for (const element of chosen) if (isObject(element)) delete element[nameIn(element, part)];
    return;
  }
  const targets = chosen.length > 0 ? chosen : [newElement(elements, filter)];
  for (const element of targets) {
    if (!isObject(element)) continue;
    if (part !== undefined) element[safeName(nameIn(element, part))] = value;
    else Object.assign(element, partsOf(value));
  }
  holder[name] = elements;
}

/** The parts of a value that is given for what a filter chose, alone or as a list of one. Throws ScimMistake. */
function partsOf(value: unknown): Json {
  const [only, ...more] = [value].flat();
  if (isObject(only) && more.length === 0) return only;
  throw new ScimMistake("invalidValue", "a path with a filter and without a part takes one object");
}

function newElement(elements: unknown[], filter: Filter): Json {
  const element = elementFor(filter);
  if (element === undefined) throw new ScimMistake("noTarget", "no value fits the filter of the path");
  elements.push(element);
  return element;
}
