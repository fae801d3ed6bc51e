/** Operations on API keys. */
import { z } from "zod";
import { createKey, listKeys, revokeKey } from "../identity/api-keys.ts";
import { roles } from "../identity/principal.ts";
import { instant, list } from "./answers.ts";
import { operation } from "./operation.ts";

export const keyCreate = operation({
  name: "key.create",
  summary: "Create an API key for a program; the answer is the only place where the key is shown",
  action: "administer",
  input: z.strictObject({
    name: z.string().min(1).max(100),
    role: z.enum(roles).default("viewer"),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  }),
  output: z.strictObject({ name: z.string(), role: z.enum(roles), key: z.string().describe("Shown only this once.") }),
  errors: ["NAME_TAKEN"],
  resources: ({ name }) => [{ kind: "key", name }],
  async run({ db }, { name, role, expiresAt }) {
    const end = expiresAt === undefined ? undefined : new Date(expiresAt);
    return { name, role, key: await createKey(db, { name, role, expiresAt: end }) };
  },
});

export const keyList = operation({
  name: "key.list",
  summary: "List the API keys and when each was last used",
  action: "administer",
  input: z.strictObject({}),
  output: z.strictObject({
    keys: list(
      z.strictObject({
        name: z.string(),
        role: z.enum(roles),
        createdAt: instant,
        usedAt: instant.nullable(),
        expiresAt: instant.nullable(),
      }),
    ),
  }),
  errors: [],
  async run({ db }) {
    const keys = await listKeys(db);
    return {
      keys: keys.map((key) => ({
        name: key.name,
        role: key.role,
        createdAt: key.created_at.toISOString(),
        usedAt: key.used_at?.toISOString() ?? null,
        expiresAt: key.expires_at?.toISOString() ?? null,
      })),
    };
  },
});

export const keyRevoke = operation({
  name: "key.revoke",
  summary: "Revoke an API key immediately",
  action: "administer",
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ revoked: z.string() }),
  errors: ["API_KEY_NOT_FOUND"],
  resources: ({ name }) => [{ kind: "key", name }],
  async run({ db }, { name }) {
    await revokeKey(db, name);
    return { revoked: name };
  },
});
