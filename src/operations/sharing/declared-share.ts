/** A share as people write it in headgate.yaml: `{ to: account:analytics, on: crm.orders }`. */
import { z } from "zod";
import { declaredMoment } from "../access/declared-grant.ts";

const text = z.string().min(1);
const oneOrMore = z.union([text, z.array(text).min(1).max(1_000)], { error: "write one name, or a list of names" });

export const declaredShare = z
  .strictObject({
    to: text.describe("account:<name>, unit:<path>, or somebody of the same account"),
    on: oneOrMore.describe("things of one account: crm.orders, sales.crm.orders, crm.*, database crm"),
    columns: z.array(text).min(1).optional().describe("only these columns, of one table"),
    except: z.array(text).min(1).optional().describe("all columns of one table but these"),
    filter: text.optional().describe("only what this data filter of the one table shows"),
    until: declaredMoment.optional().describe("at this moment the share is over"),
    reshare: z.boolean().default(false).describe("whether it may be passed on to other accounts"),
  })
  .meta({ title: "DeclaredShare" });

export type DeclaredShare = z.infer<typeof declaredShare>;
