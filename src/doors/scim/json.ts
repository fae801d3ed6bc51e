/** Plain JSON objects whose names are compared without letter case, as SCIM compares them (RFC 7643, section 2.1). */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name as the object has it, or as it was asked for. */
export function nameIn(object: Json, name: string): string {
  if (Object.hasOwn(object, name)) return name;
  const wanted = name.toLowerCase();
  return Object.keys(object).find((known) => known.toLowerCase() === wanted) ?? name;
}

export function valueOf(object: Json, name: string): unknown {
  const known = nameIn(object, name);
  return Object.hasOwn(object, known) ? object[known] : undefined;
}
