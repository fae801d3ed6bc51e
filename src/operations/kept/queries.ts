/**
 * Operations on the queries that people keep under a name, to run them again and to share their text. A query that is run
 * is an ordinary statement of whoever runs it: these operations read no rows and give no rights.
 */
import { z } from "zod";
import type { Asking } from "../../governance/asking.ts";
import { visible } from "../../governance/resource.ts";
import { principalMissingCodes } from "../../identity/principal-name.ts";
import { json, list, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { contentOf, findKept, keep, keptFor, keptName, removeOwn, type Kept } from "./kept-store.ts";
import { keptReaders, shareOwn } from "./kept-readers.ts";
import { presentedKept, presentKept } from "./present-kept.ts";

const longestStatement = 200_000;

export const chart = z
  .strictObject({
    kind: z.enum(["bar", "line", "area", "dot", "number"]),
    x: z.string().optional().describe("The name of a column of the result."),
    y: z.string().optional(),
    colour: z.string().optional(),
  })
  .meta({ title: "Chart" });

export const queryContent = z.strictObject({
  sql: z.string().min(1).max(longestStatement),
  description: z.string().max(2_000).default(""),
  chart: chart.optional().describe("How the result is drawn; without it, it is a table."),
  steps: json.optional().describe("How the console's Explore made the statement, if it did."),
});

const named = z.strictObject({ query: z.uuid().describe("Its id, as query.list says.") });

const listed = presentedKept.extend({
  query: z.string().describe("Its id."),
  description: z.string(),
  chart: chart.optional(),
  isExplored: z.boolean().describe("Whether it was made in the console's Explore."),
});

export const querySave = operation({
  name: "query.save",
  summary: "Keep a statement under a name, or change one that is kept",
  action: "watch",
  changes: true,
  input: queryContent.extend({
    name: keptName,
    query: z.uuid().optional().describe("The id of the query to change; by default a new one is made."),
  }),
  output: z.strictObject({ query: z.string(), name: z.string() }),
  errors: ["QUERY_NOT_FOUND", "NAME_TAKEN", "ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { query, name, ...content }, { asking, record }) {
    record({ name });
    const id = await keep(db, asking, { kind: "query", id: query, name, content });
    record({ query: id });
    return { query: id, name };
  },
});

export const queryList = operation({
  name: "query.list",
  summary: "List the queries that one keeps, and those that others share with one",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ queries: list(listed) }),
  errors: [],
  resources: () => [visible],
  async run({ db }, _input, { asking }) {
    const queries = await keptFor(db, asking, "query");
    return { queries: queries.map((one) => presented(asking, one)) };
  },
});

export const queryShow = operation({
  name: "query.show",
  summary: "Show a query: its statement, and how its result is drawn",
  action: "watch",
  input: named,
  output: listed.extend({ sql: z.string(), steps: json.optional() }),
  errors: ["QUERY_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { query }, { asking }) {
    const found = await findKept(db, asking, { kind: "query", id: query });
    const { sql, steps } = contentOf(found, queryContent);
    return { ...presented(asking, found), sql, ...(steps === undefined ? {} : { steps }) };
  },
});

export const queryRemove = operation({
  name: "query.remove",
  summary: "Remove a query that one keeps",
  action: "watch",
  changes: true,
  input: named,
  output: z.strictObject({ query: z.string(), name: z.string() }),
  errors: ["QUERY_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { query }, { asking, record }) {
    record({ query });
    const { name } = await removeOwn(db, asking, { kind: "query", id: query });
    record({ name });
    return { query, name };
  },
});

export const queryShare = operation({
  name: "query.share",
  summary: "Say who else may know the text of a query; whoever runs it reads what their own rights let them read",
  action: "watch",
  changes: true,
  input: named.extend({ with: keptReaders }),
  output: z.strictObject({ query: z.string(), sharedWith: texts }),
  errors: ["QUERY_NOT_FOUND", ...principalMissingCodes],
  resources: () => [visible],
  async run({ db }, { query, with: readers }, { asking, record }) {
    record({ query, with: readers });
    return { query, sharedWith: await shareOwn(db, asking, { kind: "query", id: query, readers }) };
  },
});

function presented(asking: Asking, kept: Kept): z.infer<typeof listed> {
  const { description, chart: drawn, steps } = contentOf(kept, queryContent);
  return {
    query: kept.id,
    ...presentKept(asking, kept),
    description,
    ...(drawn === undefined ? {} : { chart: drawn }),
    isExplored: steps !== undefined,
  };
}
