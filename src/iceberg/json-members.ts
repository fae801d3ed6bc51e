/**
 * Reads members of the format's JSON documents and checks that each has the type that the specification requires.
 * All functions here throw METADATA_INVALID with the name of the member.
 */
import type { Json } from "../base/json.ts";
import { HeadgateError } from "../errors.ts";

export type JsonObject = { readonly [key: string]: Json | undefined };

export function objectOf(json: Json | undefined, what: string): JsonObject {
  if (isObject(json)) return json;
  throw invalid(what, "an object");
}

export function listOf(json: Json | undefined, what: string): readonly Json[] {
  if (isList(json)) return json;
  throw invalid(what, "a list");
}

/** Null means that the list is absent. */
export function optionalListOf(json: Json | undefined, what: string): readonly Json[] {
  return json === undefined || json === null ? [] : listOf(json, what);
}

export function requiredOf(object: JsonObject, key: string): Json {
  const value = object[key];
  if (value !== undefined && value !== null) return value;
  throw new HeadgateError("METADATA_INVALID", { place: key, message: `the table metadata lacks ${key}` });
}

/** A whole number of any size. */
export function longOf(object: JsonObject, key: string): bigint {
  const value = optionalLongOf(object, key);
  return value ?? BigInt(String(requiredOf(object, key)));
}

export function optionalLongOf(object: JsonObject, key: string): bigint | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) return BigInt(value);
  throw invalid(key, "a whole number");
}

export function optionalNumberOf(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  throw invalid(key, "a number");
}

export function optionalTextOf(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw invalid(key, "a text");
}

export function textsOf(json: Json | undefined, what: string): readonly string[] {
  return optionalListOf(json, what).map((item) => {
    if (typeof item === "string") return item;
    throw invalid(what, "a list of texts");
  });
}

/** Numbers and booleans, which some writers use, are converted to text. */
export function textMapOf(object: JsonObject, key: string): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(object[key] ?? {}, key));
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (typeof value === "object") throw invalid(`${key}: ${name}`, "a text");
      return [name, String(value)];
    }),
  );
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function invalid(place: string, kind: string): HeadgateError {
  return new HeadgateError("METADATA_INVALID", {
    place,
    message: `the table metadata must have ${kind} here, and has something else`,
  });
}
