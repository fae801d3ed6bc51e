/** A table with a column to hide and a column to filter by, for tests of rights that come back. */
import type { PlainTable } from "../../../test/world/plain-source.ts";

export const orders: PlainTable = {
  columns: { id: "int!", country: "string", email: "string", amount: "int" },
  key: ["id"],
  rows: [
    { id: 1, country: "DE", email: "d@example.org", amount: 10 },
    { id: 2, country: "FR", email: "f@example.org", amount: 20 },
  ],
};
