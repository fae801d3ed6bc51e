/** The operation that finds databases, tables, views and products by words, among what the caller may know. */
import { z } from "zod";
import { foundKinds } from "../../db/search-rows.ts";
import { markNames } from "../../db/tables.ts";
import { visible } from "../../governance/resource.ts";
import { sensitivityClasses } from "../../stewardship/sensitivity.ts";
import { count, list, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { findKnown } from "./find-known.ts";
import { facetsOf } from "./facets.ts";
import { knownStates } from "./known-state.ts";
import { presentFound } from "./present-found.ts";

const state = z.enum(knownStates).describe("Whether the caller may read it now, has asked for it, or may ask for it.");

const found = z
  .strictObject({
    kind: z.enum(foundKinds),
    name: z.string().describe("As commands and statements name it."),
    account: z.string().describe("The account that it belongs to."),
    description: z.string().optional(),
    owners: texts,
    tags: texts,
    sensitivity: z.enum(sensitivityClasses),
    mark: z.enum(markNames).optional(),
    state,
    links: texts.describe("The names that the caller's account has for it, if it belongs to another account."),
    columns: texts.describe("The columns by which it was found, as far as the caller may know them."),
    details: list(z.strictObject({ column: z.string(), texts, labels: texts }))
      .optional()
      .describe("On request: all columns that the caller may know, with what is said of them, their tags and terms."),
  })
  .meta({ title: "Found" });

const facet = list(z.strictObject({ value: z.string(), count })).describe("The most frequent ones first.");

export const catalogSearch = operation({
  name: "catalog.search",
  summary: "Find databases, tables, columns and products by name, column, owner, tag, term or description",
  action: "watch",
  seesViews: true,
  input: z.strictObject({
    text: z.string().max(500).default("").describe("Words; all of them must be found. Without any, everything is."),
    kind: z.enum(foundKinds).optional(),
    account: z.string().optional(),
    database: z.string().optional().describe("Only what is in a database of this name."),
    owner: z.string().optional().describe("As people write it: ann, group:sales."),
    tag: z.string().optional().describe("As key=value."),
    sensitivity: z.enum(sensitivityClasses).optional(),
    mark: z.enum(markNames).optional(),
    state: state.optional(),
    details: z.boolean().default(false).describe("Whether to add the columns of each result."),
    limit: z.int().min(1).max(100).default(20),
    offset: z.int().min(0).max(1_000).default(0),
  }),
  output: z.strictObject({
    results: list(found),
    total: count.describe("How many there are; if `more`, how many were compared."),
    more: z.boolean().describe("Whether more things fit than were compared. Other words or a filter find them."),
    similar: z.boolean().describe("Whether some of them have only words that are spelt alike."),
    complete: z.boolean().describe("Whether every change that was made before is in the answer."),
    facets: z.strictObject({
      kind: facet,
      account: facet,
      database: facet,
      owner: facet,
      tag: facet,
      sensitivity: facet,
      mark: facet,
      state: facet,
    }),
  }),
  errors: [],
  resources: () => [visible],
  async run(context, { limit, offset, details, ...asked }, { asking }) {
    const { known, words, more, similar, complete } = await findKnown(context, asking, asked);
    const page = known.slice(offset, offset + limit);
    return {
      results: await presentFound(context, asking, { page, words, details }),
      total: known.length,
      more,
      similar,
      complete,
      facets: await facetsOf(context, asking, known),
    };
  },
});
