/** Operations that change what is said of one database, one table or one column: its parameters. */
import { z } from "zod";
import { inTransaction } from "../../db/transaction.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { authorOf } from "../../identity/principal.ts";
import { setParameters, type ChangedParameter } from "../../stewardship/parameters.ts";
import { texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { operation, type Call } from "../operation.ts";
import { fieldIdOf, findThing, tableThing, thingMissingCodes, type DescribedThing } from "./described-thing.ts";
import { recordedParameters } from "./recorded-parameters.ts";

const mostKeys = 200;

const changes = {
  set: z.record(z.string(), z.string()).default({}).describe("Texts by key: description, data_owner, pii_flag, …"),
  unset: z.array(z.string()).max(mostKeys).default([]).describe("The keys to remove."),
};

const changed = z.strictObject({
  on: z.string(),
  column: z.string().optional(),
  changed: texts.describe("The keys whose text is another one now."),
});

export const tableDescribe = operation({
  name: "table.describe",
  summary: "Set or remove parameters of a table or of one of its columns, such as its description",
  action: "annotate",
  seesViews: true,
  input: z.strictObject({ table: z.string(), column: z.string().optional(), ...changes }),
  output: changed,
  errors: [...ofTable, "COLUMN_NOT_FOUND"],
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table, column, ...asked }, call) {
    const thing = tableThing(await context.catalog.findEntry(table));
    return {
      ...(await describe(context, { thing, column, ...asked }, call)),
      ...(column === undefined ? {} : { column }),
    };
  },
});

export const databaseDescribe = operation({
  name: "database.describe",
  summary: "Set or remove parameters of a database, such as its description",
  action: "annotate",
  input: z.strictObject({ database: z.string(), ...changes }),
  output: changed,
  errors: thingMissingCodes,
  resources: ({ database }) => [{ kind: "database", name: database }],
  async run(context, { database, ...asked }, call) {
    const thing = await findThing(context, call.asking, `"${database.replaceAll('"', '""')}"`);
    return describe(context, { thing, column: undefined, ...asked }, call);
  },
});

interface Asked {
  readonly thing: DescribedThing;
  readonly column: string | undefined;
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

async function describe(
  context: Context,
  { thing, column, set, unset }: Asked,
  { asking, principal, record }: Call,
): Promise<z.infer<typeof changed>> {
  const fieldId = await fieldIdOf(context, asking, { thing, column });
  const on = { kind: thing.kind, id: thing.id, fieldId };
  const wanted = [
    ...unset.map((key) => ({ on, key, value: undefined })),
    ...Object.entries(set).map(([key, value]) => ({ on, key, value })),
  ];
  const made = await inTransaction(context.db, async (transaction): Promise<readonly ChangedParameter[]> => {
    if (thing.kind === "table") await checkStillThere(transaction, thing);
    return setParameters(transaction, wanted, { by: authorOf(principal), origin: null });
  });
  record({
    plan: made.length === 0,
    column,
    changed: recordedParameters(made),
    about: [{ kind: thing.kind, name: thing.label, id: thing.id }],
  });
  return { on: thing.label, changed: [...new Set(made.map(({ key }) => key))] };
}
