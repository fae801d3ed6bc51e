/** Sort orders (spec: "Sorting"; JSON form: Appendix C, "Sort Orders"). Order 0 is unsorted. */
import type { Json } from "../base/json.ts";
import { objectOf, optionalListOf } from "./json-members.ts";
import { formatTransform, parseTransform, type Transform } from "./transform.ts";

export interface SortField {
  readonly sourceId: number;
  readonly transform: Transform;
  readonly direction: "asc" | "desc";
  readonly nullOrder: "nulls-first" | "nulls-last";
}

export interface SortOrder {
  readonly orderId: number;
  readonly fields: readonly SortField[];
}

export const unsorted: SortOrder = { orderId: 0, fields: [] };

export function parseSortOrder(json: Json): SortOrder {
  const object = objectOf(json, "sort-orders");
  const fields = optionalListOf(object["fields"], "sort-orders").map((field) => objectOf(field, "sort-orders"));
  return {
    orderId: Number(object["order-id"]),
    fields: fields.map((field) => ({
      sourceId: Number(field["source-id"]),
      transform: parseTransform(String(field["transform"])),
      direction: field["direction"] === "desc" ? "desc" : "asc",
      nullOrder: field["null-order"] === "nulls-last" ? "nulls-last" : "nulls-first",
    })),
  };
}

export function formatSortOrder({ orderId, fields }: SortOrder): Json {
  return {
    "order-id": orderId,
    fields: fields.map(({ sourceId, transform, direction, nullOrder }) => ({
      transform: formatTransform(transform),
      "source-id": sourceId,
      direction,
      "null-order": nullOrder,
    })),
  };
}
