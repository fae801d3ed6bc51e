/** Operations on the lakes and encryption keys of accounts. No answer and no event has a secret or a key in it. */
import { z } from "zod";
import { machine, organisation } from "../../governance/resource.ts";
import { accountKinds } from "../../identity/account-kinds.ts";
import { listAccounts } from "../../identity/accounts.ts";
import { must } from "../../base/must.ts";
import { count, instant, list } from "../answers.ts";
import { ofStore } from "../failures.ts";
import { operation } from "../operation.ts";
import { budgetsShown, shownBudget } from "./budgets.ts";
import type { ShownLake } from "../silos/shown-lake.ts";

const lake = z
  .strictObject({
    location: z.string(),
    endpoint: z.string().nullable(),
    region: z.string().nullable(),
    pathStyle: z.boolean().nullable(),
    accessKey: z.string().nullable().describe("The id of the access key; its secret is never shown."),
    encrypted: z.boolean().describe("Whether every file is encrypted before it is stored."),
    changedAt: instant,
    keys: list(z.strictObject({ id: z.string(), createdAt: instant })).describe(
      "The encryption keys, the newest first; the keys themselves are never shown.",
    ),
  })
  .meta({ title: "AccountLake" });

function presented({ changedAt, keys, ...shown }: ShownLake): z.infer<typeof lake> {
  const presentedKeys = keys.map(({ id, createdAt }) => ({ id, createdAt: createdAt.toISOString() }));
  return { ...shown, changedAt: changedAt.toISOString(), keys: presentedKeys };
}

export const accountShow = operation({
  name: "account.show",
  summary: "Show an account: its number, unit, kinds and owner, its lake if it has one of its own, and its budget",
  action: "administer",
  changes: false,
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({
    name: z.string(),
    number: z.string(),
    unit: z.string().nullable(),
    outside: z.boolean().describe("Whether it is not of the organisation."),
    kinds: list(z.enum(accountKinds)).describe("A producer offers data to others, a consumer receives it."),
    owner: z.string().nullable().describe("The user who answers for it; null for nobody."),
    lake: lake.nullable().describe("Null: its tables lie in the common lake."),
    budget: shownBudget.nullable().describe("Null: nothing is limited."),
  }),
  errors: ["ACCOUNT_NOT_FOUND"],
  resources: ({ name }) => [{ kind: "account", name }],
  async run({ db, silos }, { name }) {
    const shown = await silos.shown(name);
    const {
      id,
      number,
      unit,
      isOutside: outside,
      kinds,
      owner,
    } = must(
      (await listAccounts(db)).find((account) => account.name === name),
      "an account",
    );
    const budget = (await budgetsShown(db)).get(id) ?? null;
    return {
      name,
      number,
      unit,
      outside,
      kinds: [...kinds],
      owner,
      lake: shown === undefined ? null : presented(shown),
      budget,
    };
  },
});

export const accountSetLake = operation({
  name: "account.set-lake",
  summary: "Give an account a lake of its own, in which all its tables lie, or other access keys for it",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    lake: z
      .string()
      .min(1)
      .optional()
      .describe("s3://bucket/prefix, or the whole path of a directory on the server; by default the present one."),
    endpoint: z.string().optional(),
    region: z.string().optional(),
    pathStyle: z.boolean().optional(),
    accessKey: z.string().min(1).optional().describe("The id of an access key for S3."),
    secret: z.string().min(1).optional().describe("Its secret; never shown again."),
    encrypt: z.boolean().optional().describe("Encrypt every file before it is stored; decided with the location."),
    key: z
      .string()
      .optional()
      .describe("The encryption key: 32 random bytes as base64. By default Headgate makes one."),
  }),
  output: z.strictObject({ lake }),
  errors: [...ofStore, "ACCOUNT_NOT_FOUND", "ACCOUNT_LAKE_TAKEN", "ACCOUNT_LAKE_IN_USE"],
  resources: () => [organisation],
  async run({ silos }, { name, ...wanted }, { record }) {
    const { secret, key, ...said } = wanted;
    record({ about: [{ kind: "account", name }], ...said, hasSecret: secret !== undefined, hasKey: key !== undefined });
    await silos.set(name, wanted);
    return { lake: presented(must(await silos.shown(name), "a lake")) };
  },
});

export const accountRemoveLake = operation({
  name: "account.remove-lake",
  summary: "Let an account without tables use the common lake again",
  action: "administer",
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ changed: z.string() }),
  errors: ["ACCOUNT_NOT_FOUND", "ACCOUNT_LAKE_IN_USE"],
  resources: () => [organisation],
  async run({ silos }, { name }, { record }) {
    record({ about: [{ kind: "account", name }] });
    await silos.remove(name);
    return { changed: name };
  },
});

export const accountRotateKey = operation({
  name: "account.rotate-key",
  summary: "Encrypt everything that is written for an account from now on with a new key; older files stay readable",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    key: z.string().optional().describe("32 random bytes as base64. By default Headgate makes a key."),
  }),
  output: z.strictObject({
    key: z.string().describe("The id of the new key; the key itself is never shown."),
    keys: count.describe("How many keys the account has now."),
  }),
  errors: ["ACCOUNT_NOT_FOUND"],
  resources: () => [organisation],
  async run({ silos }, { name, key }, { record }) {
    record({ about: [{ kind: "account", name }], hasKey: key !== undefined });
    return silos.rotateKey(name, key);
  },
});

export const accountWorkerKey = operation({
  name: "account.worker-key",
  summary: "Make the key file of a worker that works for this account only",
  action: "administer",
  changes: false,
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ key: z.string().describe("The text of the key file, which is a secret.") }),
  errors: ["ACCOUNT_NOT_FOUND", "SECRET_KEY_MISMATCH"],
  resources: () => [machine],
  async run({ silos }, { name }, { record }) {
    record({ about: [{ kind: "account", name }] });
    return { key: await silos.workerKey(name) };
  },
});
