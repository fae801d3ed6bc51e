/** The Iceberg type of a column on one line. */
import type { Json } from "../../../src/base/json.ts";

export function typeText(type: Json): string {
  if (typeof type === "string") return type;
  if (typeof type !== "object" || type === null || !("type" in type)) return JSON.stringify(type);
  if (type["type"] === "list") return `list<${typeText(type["element"] ?? "?")}>`;
  if (type["type"] === "map") return `map<${typeText(type["key"] ?? "?")}, ${typeText(type["value"] ?? "?")}>`;
  return String(type["type"]);
}
