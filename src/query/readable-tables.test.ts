import { expect, test } from "vitest";
import type { TableEntry } from "../catalog/catalog.ts";
import { wholeTable } from "../governance/table-access.ts";
import { pickReadable, type TableRights } from "./readable-tables.ts";

const entries = ["shop.orders", "shop.Orders", "crm.orders", "crm.people", "hr.salaries"].map((label): TableEntry => {
  const [database = "", name = ""] = label.split(".");
  return { id: label, database, name, location: "", metadataLocation: "" } as TableEntry;
});

const except =
  (...hidden: readonly string[]): TableRights =>
  ({ database, name }) =>
    hidden.includes(`${database}.${name}`) ? undefined : wholeTable;

function outcome(parts: readonly string[], rights: TableRights): string {
  try {
    return pickReadable(parts, entries, rights).entry.id;
  } catch (failure) {
    return String((failure as Error).message);
  }
}

test("hidden tables do not exist for names, ambiguity, case and suggestions", () => {
  expect(outcome(["orders"], except())).toMatch(/could mean any of shop.orders, crm.orders/);
  expect(outcome(["orders"], except("crm.orders"))).toBe("shop.orders");
  expect(outcome(["shop", "orders"], except("shop.orders"))).toBe("shop.Orders");
  expect(outcome(["shop", "ORDERS"], except("shop.Orders"))).toBe("shop.orders");
  expect(outcome(["salarie"], except())).toBe("there is no table salarie; did you mean salaries?");
  expect(outcome(["salarie"], except("hr.salaries"))).toBe("there is no table salarie");
  expect(outcome(["salaries"], except("hr.salaries"))).toBe("there is no table salaries");
  expect(outcome(["hr", "salaries"], except("hr.salaries"))).toBe("there is no table hr.salaries");
});

test("only tables of the name are asked about", () => {
  const asked: string[] = [];
  pickReadable(["crm", "people"], entries, ({ id }) => {
    asked.push(id);
    return wholeTable;
  });
  expect(asked).toEqual(["crm.people"]);
});
