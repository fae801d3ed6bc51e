import { expect, test } from "vitest";
import { quotePath } from "./quote-path.ts";

test.each([
  ["/a/b.csv", "'/a/b.csv'"],
  ["/it's/b.csv", "'/it''s/b.csv'"],
  ["/a*/b?[c].csv", "'/a[*]/b[?][[]c].csv'"],
  ["/a\\b/c.csv", "'/a\\b/c.csv'"],
  ["/a\\*/c.csv", "'/a[\\][*]/c.csv'"],
])("%s is named as %s", (path, sql) => {
  expect(quotePath(path)).toBe(sql);
});
