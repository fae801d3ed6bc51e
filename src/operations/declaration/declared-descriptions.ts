/** The part of headgate.yaml about what is said of things: the glossary, and descriptions of databases and tables. */
import { z } from "zod";

const text = z.string({ error: 'write a text, and put true, false and numbers in double quotes: "true"' }).min(1);

const said = {
  description: text.optional(),
  parameters: z.record(z.string().min(1), text).default({}).describe("texts by key, such as data_owner and pii_flag"),
  terms: z.array(z.string().min(1)).default([]).describe("terms of the glossary"),
};

const answering = z.array(z.string().min(1)).default([]);

const column = z.strictObject(said);

const deprecation = z.strictObject({
  reason: text,
  successor: z.string().min(1).optional().describe("the table to use instead"),
});

const described = z
  .strictObject({
    ...said,
    owners: answering.describe("ann, group:sales, role:keeper or key:nightly"),
    stewards: answering.describe("like owners"),
    certified: text.optional().describe("why the table can be relied on"),
    deprecated: deprecation.optional().describe("why the table should not be used any more"),
    columns: z.record(z.string().min(1), column).default({}).describe("for a table: by the names of its columns"),
  })
  .refine(({ certified, deprecated }) => certified === undefined || deprecated === undefined, {
    message: "a table is certified or deprecated, not both",
    path: ["deprecated"],
  });

export const declaredDescriptions = {
  glossary: z.record(z.string().min(1).max(200), text).default({}).describe("terms of the account, with definitions"),
  descriptions: z
    .record(z.string().min(1), described)
    .default({})
    .describe("descriptions of databases (shop) and tables (shop.orders)"),
};

const schema = z.strictObject(declaredDescriptions);

export type DeclaredGlossary = z.infer<typeof schema>["glossary"];
export type DeclaredDescriptions = z.infer<typeof schema>["descriptions"];
export type DeclaredDescription = DeclaredDescriptions[string];
