import { expect, test } from "vitest";
import { readDeclaration } from "./read-declaration.ts";

const good = `
sources:
  shop:
    url: mariadb://reader@localhost/shop
    tables:
      orders: { mode: cursor, column: updated_at, soft_delete: true }
calendars:
  office: [2026-12-25]
schedules:
  often: { source: shop, cron: "*/15 8-18 * * mon-fri", calendar: office, tables: [orders] }
`;

/** Nothing is declared about people, rights and descriptions. */
const nobody = {
  organisation: { units: [], accounts: {} },
  identity_providers: {},
  groups: {},
  filters: {},
  products: {},
  links: {},
  views: {},
  tags: {},
  tag_expressions: {},
  tagged: {},
  processes: {},
  shares: [],
  grants: [],
  glossary: {},
  descriptions: {},
};

test("what is left out has its usual value", () => {
  const { sources, schedules, calendars } = readDeclaration(good, "headgate.yaml");
  expect(sources["shop"]).toMatchObject({ new_tables: "auto", include: [], tables: { orders: { history: false } } });
  expect(schedules["often"]).toMatchObject({ time_zone: "UTC", action: "sync", timeout: 21_600 });
  expect(calendars["office"]).toEqual(["2026-12-25"]);
  expect(readDeclaration("", "headgate.yaml")).toEqual({ sources: {}, calendars: {}, schedules: {}, ...nobody });
});

test("a declaration that says only what it must has every usual value", () => {
  const text = 'sources: { shop: { url: x, tables: { orders: {} } } }\nschedules: { often: { cron: "* * * * *" } }\n';
  expect(readDeclaration(text, "headgate.yaml")).toEqual({
    sources: {
      shop: {
        url: "x",
        new_tables: "auto",
        unsigned_bigint: "decimal",
        unclassified: "ordinary",
        include: [],
        exclude: [],
        tables: { orders: { mode: "auto", soft_delete: false, history: false, active: true } },
      },
    },
    calendars: {},
    schedules: { often: { cron: "* * * * *", tables: [], time_zone: "UTC", action: "sync", timeout: 21_600 } },
    ...nobody,
  });
});

test.each([
  "{ key: [id], controller: { PartitionKey: day } }",
  "{ partition_by: [day], controller: { PrimaryKey: id } }",
  "{ key: [id], partition_by: [day] }",
  "{ controller: { PrimaryKey: id, PartitionKey: day } }",
])("%s says everything once", (table) => {
  const { sources } = readDeclaration(`sources: { shop: { url: x, tables: { a: ${table} } } }`, "headgate.yaml");
  expect(Object.keys(sources["shop"]?.tables ?? {})).toEqual(["a"]);
});

test.each([
  ["sources:\n  shop:\n    url: [", "headgate.yaml:3:11", /flow/i],
  ["source:\n  shop: {}\n", "headgate.yaml:1:1", /unknown key source; did you mean sources\?/],
  ["sources:\n  shop:\n    url: x\n    new_table: auto\n", "headgate.yaml:4:5", /did you mean new_tables\?/],
  ["sources:\n  shop:\n    url: x\n    colour: red\n", "headgate.yaml:4:5", /known here: url, password/],
  ["sources:\n  Shop:\n    url: x\n", "headgate.yaml:2:3", /lower-case/],
  ["sources:\n  shop:\n    url: x\n    tables:\n      a: { mode: cursor }\n", "headgate.yaml:5:18", /needs a column/],
  [
    "sources:\n  shop:\n    url: x\n    tables:\n      a: { key: [id], controller: { PrimaryKey: id } }\n",
    "headgate.yaml:5:35",
    /write one of them/,
  ],
  [
    "sources:\n  shop:\n    url: x\n    tables:\n      a: { partition_by: [d], controller: { PartitionKey: d } }\n",
    "headgate.yaml:5:43",
    /write one of them/,
  ],
  [
    "sources:\n  shop:\n    url: x\n    tables:\n      a: { controller: { primaryKey: id } }\n",
    "headgate.yaml:5:26",
    /did you mean PrimaryKey\?/,
  ],
  [
    "schedules:\n  a: { source: s, cron: '* * * * *', calendar: ofice }\ncalendars:\n  office: []\n",
    "headgate.yaml:2:48",
    /did you mean office/,
  ],
  ["sources:\n  shop: { new_tables: auto }\n", "headgate.yaml:2:9", /url is missing/],
  ["schedules:\n  a: { source: s, crno: '* * * * *', cron: x }\n", "headgate.yaml:2:19", /did you mean cron/],
  ["calendars:\n  a: [2026-02-30]\n", "headgate.yaml:2:7", /date/],
])("%j is refused at its place", (text, place, message) => {
  try {
    readDeclaration(text, "headgate.yaml");
    expect.unreachable();
  } catch (failure) {
    expect(failure).toMatchObject({ code: "DECLARATION_INVALID", place, message: expect.stringMatching(message) });
  }
});

test("all mistakes are told at once", () => {
  expect(() => readDeclaration("sorces: {}\nschedule: {}\n", "headgate.yaml")).toThrow(
    /1:1 unknown key sorces; did you mean sources\?\n2:1 unknown key schedule; did you mean schedules\?/,
  );
});
