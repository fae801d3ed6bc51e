/** The part of headgate.yaml about people and rights, and about what is said of things. */
import { z } from "zod";
import { accountKinds } from "../../identity/account-kinds.ts";
import { maskActions } from "../../governance/mask.ts";
import { declaredGrant, declaredMoment } from "../access/declared-grant.ts";
import { declaredProviders } from "./declared-providers.ts";
import { filterName } from "../access/filter-content.ts";
import { tagName } from "../tags/tag-keys.ts";
import { declaredProducts } from "./declared-products.ts";
import { declaredDescriptions } from "./declared-descriptions.ts";
import { declaredShare } from "../sharing/declared-share.ts";
import { processWords } from "../sharing/process-words.ts";
import { secretPlace } from "./secret-place.ts";
import { givenAttributes, principalName, unitPath } from "../people/people-schemas.ts";

const accountLake = z.strictObject({
  location: z.string().min(1).describe("s3://bucket/prefix, or the whole path of a directory"),
  endpoint: z.string().optional().describe("http(s)://host:port of an S3-compatible store"),
  region: z.string().optional(),
  path_style: z.boolean().optional().describe("endpoint/bucket/key instead of bucket.endpoint/key"),
  access_key: z.string().min(1).optional().describe("the id of the account's own access key for S3"),
  secret: secretPlace.optional().describe("where the secret of the access key is"),
  encrypted: z.boolean().default(false).describe("encrypt every file before it is stored"),
});

const accountBudget = z.strictObject({
  max_bytes: z.string().optional().describe("bytes that its tables may keep with their histories: 500GB"),
  max_statements: z.string().optional().describe("statements that may run in it in a day of UTC: 10000/day"),
  max_engine_time: z.string().optional().describe("engine time of its statements in a day of UTC: 2h/day"),
  warn_at: z.string().default("80%").describe("the part of a limit from which on people are warned"),
});

const account = z.strictObject({
  budget: accountBudget.optional().describe("the most that it may use; without it, no limit of this file"),
  lake: accountLake.optional().describe("where all tables of the account lie, if not in the common lake"),
  unit: unitPath.optional().describe("the path of the unit that it belongs to"),
  outside: z
    .boolean()
    .optional()
    .describe("not of the organisation: its administrators must accept what is shared with it"),
  kind: z
    .array(z.enum(accountKinds))
    .min(1)
    .optional()
    .describe("producer (offers data to others), consumer (receives it), or both, which is the default"),
  owner: principalName.optional().describe("the user who answers for it, becomes a member and administers it"),
});

const organisation = z.strictObject({
  units: z.array(unitPath).default([]).describe("paths such as europe/romania; the units above are named too"),
  require_codes: z
    .array(principalName)
    .optional()
    .describe("the accounts, main included, whose members need an authenticator; without it, nothing changes"),
  accounts: z.record(principalName, account).default({}).describe("accounts besides main, by name"),
});

const memberName = z.string().min(1);

const member = z.union(
  [
    memberName,
    z.strictObject({
      member: memberName,
      from: declaredMoment.optional().describe("by default from now on"),
      until: declaredMoment.optional().describe("by default until they are removed"),
    }),
  ],
  { error: "write ann, group:staff or key:nightly, or { member: ann, until: 2027-06-30 }" },
);

const group = z.strictObject({
  account: principalName.default("main").describe("the account that it belongs to"),
  attributes: givenAttributes.default({}).describe("texts by name, such as country"),
  members: z.array(member).default([]).describe("users by name, group:<name>, key:<name>"),
});

const plainMasks = maskActions.filter((action) => action !== "fixed-value");

const mask = z.union([z.enum(plainMasks), z.strictObject({ "fixed-value": z.string() })], {
  error: `a mask is { fixed-value: <text> } or one of ${plainMasks.join(", ")}`,
});

const filter = z.strictObject({
  rows: z.string().min(1).optional().describe("which rows are shown: country = 'DE' AND amount >= 100"),
  columns: z.array(z.string().min(1)).min(1).optional().describe("only these columns"),
  except: z.array(z.string().min(1)).min(1).optional().describe("all columns but these, future ones too"),
  masks: z.record(z.string().min(1), mask).default({}).describe("by column: what is shown in place of its values"),
});

const tagKey = z
  .strictObject({
    values: z.array(tagName).min(1).describe("all its values"),
    sensitive: z.array(tagName).default([]).describe("values of which every grant that covers them says so"),
    multiple: z.boolean().default(false).describe("whether one thing may have several of the values"),
    description: z.string().max(1_000).optional().describe("the purpose of the key"),
  })
  .refine(({ values, sensitive }) => sensitive.every((one) => values.includes(one)), {
    message: "every sensitive value is one of the values",
    path: ["sensitive"],
  });

const tagWords = z.array(z.string().min(1)).describe("as key=value, or key=value,value where the key allows several");

const tagged = z.union(
  [
    tagWords,
    z.strictObject({
      tags: tagWords.default([]).describe("the tags of the thing as a whole"),
      columns: z.record(z.string().min(1), tagWords).default({}).describe("the tags of columns of a table, by name"),
    }),
  ],
  { error: "write [domain=sales], or { tags: [domain=sales], columns: { email: [sensitivity=secret] } }" },
);

const view = z.union(
  [
    z.string().min(1),
    z.strictObject({
      sql: z.string().min(1).describe("the SELECT that the view stands for"),
      owner: z
        .string()
        .min(1)
        .optional()
        .describe("by whose rights it is read: ann, group:analysts, role:steward; by default whoever applies the file"),
    }),
  ],
  { error: "write the SELECT of the view, or { sql: select …, owner: group:analysts }" },
);

export const declaredAccess = {
  organisation: organisation.default({ units: [], accounts: {} }),
  groups: z.record(principalName, group).default({}).describe("groups and their members, by name"),
  identity_providers: declaredProviders,
  filters: z
    .record(z.string().min(1), z.record(filterName, filter))
    .default({})
    .describe("data filters by table, as database.table, and by name"),
  views: z
    .record(z.string().min(1), view)
    .default({})
    .describe("views by name, as database.view: the SELECT that each stands for, and by whose rights it is read"),
  tags: z.record(tagName, tagKey).default({}).describe("tag keys with their values, by name"),
  tag_expressions: z
    .record(tagName, z.string().min(1))
    .default({})
    .describe("tag expressions by name: domain=sales sensitivity=public,internal or domain=shared"),
  tagged: z
    .record(z.string().min(1), tagged)
    .default({})
    .describe("tags by the thing that has them: shop.orders, database shop, source shop for the databases made for it"),
  products: declaredProducts,
  links: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      "names of the account for tables of others: crm.customers: sales.crm.customers, or crm: database sales.crm",
    ),
  grants: z.array(declaredGrant).default([]).describe("who is granted what"),
  processes: z
    .record(z.union([z.literal("lake"), principalName]), processWords)
    .default({})
    .describe("who decides on requests for data: of the lake, and of accounts by name"),
  shares: z.array(declaredShare).default([]).describe("shares by which accounts give to others without a request"),
  ...declaredDescriptions,
};

export const accessSchema = z.strictObject(declaredAccess);

export type DeclaredAccess = z.infer<typeof accessSchema>;
export type DeclaredBudget = z.infer<typeof accountBudget>;
export type DeclaredAccountLake = z.infer<typeof accountLake>;
export type DeclaredGroup = DeclaredAccess["groups"][string];
export type DeclaredMember = DeclaredGroup["members"][number];
export type DeclaredView = DeclaredAccess["views"][string];
export type DeclaredTag = DeclaredAccess["tags"][string];
export type DeclaredFilter = DeclaredAccess["filters"][string][string];
