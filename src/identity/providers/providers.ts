/**
 * The identity providers (OpenID Connect) with which people may sign in, and what each may say of them. How a provider is
 * spoken to is in provider-client.ts.
 * Invariants: a client secret is kept sealed and never returned. Groups are known by their ids. Whatever a removed provider gave ends.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import type { SecretBox } from "../../base/secret-box.ts";
import type { Tables } from "../../db/tables.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { HeadgateError } from "../../errors.ts";
import { accountIdOf } from "../accounts.ts";
import { ofClaims, ofProvisioning } from "../origins.ts";
import { findPrincipal } from "../principal-name.ts";
import { checkSettings } from "./check-settings.ts";
import { endAttributes, refreshProvisioned } from "./given-attributes.ts";
import type { ProviderSettings } from "./settings.ts";

export interface Provider extends ProviderSettings {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  /** Sealed; null for a client without a secret. */
  readonly clientSecret: Buffer | null;
  readonly origin: string | null;
  readonly createdAt: Date;
  /** Grows with each change. */
  readonly version: bigint;
}

export interface ProviderParts {
  readonly db: Kysely<Tables>;
  readonly secrets: SecretBox;
}

export interface PutProvider {
  readonly name: string;
  readonly settings: ProviderSettings;
  /** Undefined: the stored one stays, or there is none; null: there is none from now on. */
  readonly clientSecret?: string | null | undefined;
  readonly origin?: string | undefined;
}

/** Throws NAME_TAKEN, PROVIDER_INVALID, ACCOUNT_NOT_FOUND, GROUP_NOT_FOUND. */
export function addProvider({ db, secrets }: ProviderParts, put: PutProvider): Promise<void> {
  const { name, clientSecret, origin } = put;
  checkSettings(put);
  return inPolicyChange(db, async (transaction) => {
    if ((await findProvider(transaction, name)) !== undefined)
      throw new HeadgateError("NAME_TAKEN", {
        place: name,
        message: "there is already an identity provider of this name",
      });
    const id = uuidv7();
    const client_secret = clientSecret === undefined || clientSecret === null ? null : secrets.seal(clientSecret);
    const columns = await columnsOf(transaction, put.settings);
    await transaction
      .insertInto("identity_providers")
      .values({ id, name, client_secret, origin: origin ?? null, ...columns })
      .execute();
    await putGroups(transaction, id, put.settings.groups);
  });
}

/**
 * Returns how many sessions ended. Throws PROVIDER_NOT_FOUND, PROVIDER_INVALID, ACCOUNT_NOT_FOUND, GROUP_NOT_FOUND.
 */
export function changeProvider({ db, secrets }: ProviderParts, put: PutProvider): Promise<number> {
  const { name, clientSecret } = put;
  checkSettings(put);
  return inPolicyChange(db, async (transaction) => {
    const before = await getProvider(transaction, name);
    const { id } = before;
    const ended = asksForMore(before, put.settings) ? await endSessions(transaction, id) : 0;
    const secret = typeof clientSecret === "string" ? secrets.seal(clientSecret) : clientSecret;
    await transaction
      .updateTable("identity_providers")
      .set({ ...(await columnsOf(transaction, put.settings)), version: sql`version + 1` })
      .$if(secret !== undefined, (query) => query.set({ client_secret: secret ?? null }))
      .where("id", "=", id)
      .execute();
    await putGroups(transaction, id, put.settings.groups);
    await endAttributes(transaction, before, put.settings);
    await refreshProvisioned(transaction, { id, ...put.settings });
    return ended;
  });
}

/**
 * Whether people who signed in before might not be let in now, or might be somebody else: then they sign in again. What a
 * provider said at a sign-in is not kept, so that it cannot be compared with what is required now.
 */
function asksForMore(before: ProviderSettings, now: ProviderSettings): boolean {
  const isOther = before.issuer !== now.issuer || before.clientId !== now.clientId;
  const isRequired = Object.entries(now.required).some(([claim, value]) => before.required[claim] !== value);
  return isOther || isRequired || before.subjectClaim !== now.subjectClaim;
}

async function columnsOf(db: Kysely<Tables>, settings: ProviderSettings) {
  return {
    title: settings.title,
    issuer: settings.issuer,
    client_id: settings.clientId,
    scopes: settings.scopes,
    subject_claim: settings.subjectClaim,
    name_claim: settings.nameClaim,
    account_id: await accountIdOf(db, settings.account),
    creates_users: settings.createsUsers,
    required: JSON.stringify(settings.required),
    groups_claim: settings.groupsClaim,
    attributes: JSON.stringify(settings.attributes),
    provisioned_attributes: JSON.stringify(settings.provisionedAttributes),
  };
}

/** Memberships that it gave in groups that are no longer named end at once. */
async function putGroups(db: Kysely<Tables>, id: string, groups: ProviderSettings["groups"]): Promise<void> {
  const rows = await Promise.all(
    Object.entries(groups).map(async ([value, name]) => ({
      provider_id: id,
      value,
      group_id: (await findPrincipal(db, { kind: "group", name })).id,
    })),
  );
  await db.deleteFrom("identity_provider_groups").where("provider_id", "=", id).execute();
  if (rows.length > 0) await db.insertInto("identity_provider_groups").values(rows).execute();
  await endMemberships(
    db,
    ofClaims(id),
    rows.map(({ group_id: group }) => group),
  );
}

async function endMemberships(db: Kysely<Tables>, origin: string, kept: readonly string[] = []): Promise<void> {
  await db
    .updateTable("memberships")
    .set({ ended_at: sql`clock_timestamp()` })
    .where("origin", "=", origin)
    .where("ended_at", "is", null)
    .$if(kept.length > 0, (query) => query.where("container_id", "not in", kept))
    .execute();
}

/** Its users stay, but cannot sign in with it. Returns how many sessions ended. Throws PROVIDER_NOT_FOUND. */
export function removeProvider(db: Kysely<Tables>, name: string): Promise<number> {
  return inPolicyChange(db, async (transaction) => {
    const provider = await getProvider(transaction, name);
    const { id } = provider;
    await putGroups(transaction, id, {});
    await endMemberships(transaction, ofProvisioning(id));
    await endAttributes(transaction, provider, { attributes: {}, provisionedAttributes: {} });
    await transaction.deleteFrom("begun_sign_ins").where("provider_id", "=", id).execute();
    await transaction
      .updateTable("identity_providers")
      .set({ deleted_at: sql`clock_timestamp()`, client_secret: null, version: sql`version + 1` })
      .where("id", "=", id)
      .execute();
    return endSessions(transaction, id);
  });
}

async function endSessions(db: Kysely<Tables>, id: string): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("sessions").where("provider_id", "=", id).executeTakeFirst();
  return Number(numDeletedRows);
}

export async function listProviders(db: Kysely<Tables>): Promise<readonly Provider[]> {
  return (await selectProviders(db).orderBy("identity_providers.name").execute()).map(present);
}

export async function findProvider(db: Kysely<Tables>, name: string): Promise<Provider | undefined> {
  const row = await selectProviders(db).where("identity_providers.name", "=", name).executeTakeFirst();
  return row === undefined ? undefined : present(row);
}

/** Throws PROVIDER_NOT_FOUND. */
export async function getProvider(db: Kysely<Tables>, name: string): Promise<Provider> {
  const found = await findProvider(db, name);
  if (found === undefined) throw new HeadgateError("PROVIDER_NOT_FOUND", { place: name });
  return found;
}

/** Undefined if it was removed. */
export async function providerById(db: Kysely<Tables>, id: string): Promise<Provider | undefined> {
  const row = await selectProviders(db).where("identity_providers.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : present(row);
}

function selectProviders(db: Kysely<Tables>) {
  return db
    .selectFrom("identity_providers")
    .innerJoin("accounts", "accounts.id", "identity_providers.account_id")
    .selectAll("identity_providers")
    .select("accounts.name as account")
    .select(({ selectFrom }) =>
      selectFrom("identity_provider_groups")
        .innerJoin("principals", "principals.id", "identity_provider_groups.group_id")
        .select(sql<Record<string, string> | null>`json_object_agg(value, principals.name order by value)`.as("groups"))
        .whereRef("identity_provider_groups.provider_id", "=", "identity_providers.id")
        .where("principals.deleted_at", "is", null)
        .as("groups"),
    )
    .where("identity_providers.deleted_at", "is", null);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectProviders>["executeTakeFirstOrThrow"]>>;

function present(row: Row): Provider {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    issuer: row.issuer,
    clientId: row.client_id,
    clientSecret: row.client_secret,
    scopes: row.scopes,
    subjectClaim: row.subject_claim,
    nameClaim: row.name_claim,
    account: row.account,
    accountId: row.account_id,
    createsUsers: row.creates_users,
    required: row.required,
    groupsClaim: row.groups_claim,
    groups: row.groups ?? {},
    attributes: row.attributes,
    provisionedAttributes: row.provisioned_attributes,
    origin: row.origin,
    createdAt: row.created_at,
    version: row.version,
  };
}
