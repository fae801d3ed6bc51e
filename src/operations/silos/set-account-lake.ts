/**
 * Gives an account a lake of its own, other access keys for it, or another encryption key, and takes the lake away.
 * Invariants: a lake changes its place, or whether it is encrypted, only while the account has no table here, no run
 * and no unfinished load; so nothing of the account is ever left elsewhere, and no plain file lies among sealed ones.
 * No secret is returned or logged.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql, type Kysely, type Transaction } from "kysely";
import type { SecretBox } from "../../base/secret-box.ts";
import { uuidv7 } from "../../base/uuid.ts";
import {
  accessKeyOf,
  accountKeys,
  accountLakes,
  isBelow,
  keyText,
  type AccountLake,
} from "../../catalog/account-lakes.ts";
import { selectEntries } from "../../catalog/catalog.ts";
import { s3Endpoint, type Config } from "../../config.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import type { ObjectKey } from "../../objects/encrypted/sealed-form.ts";
import { fileCache } from "../../objects/file-cache.ts";
import type { ObjectStore } from "../../objects/object-store.ts";
import { openAccountStore } from "./account-stores.ts";
import { checkApart, lakePlace } from "./lake-place.ts";

export interface WantedLake {
  /** `s3://bucket/prefix`, or the whole path of a directory; undefined: the present one stays. */
  readonly lake?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  readonly accessKey?: string | undefined;
  readonly secret?: string | undefined;
  /** Whether every file is encrypted here before it is stored. */
  readonly encrypt?: boolean | undefined;
  /** The declaration that says so; by default none, as for a command. */
  readonly origin?: string | undefined;
  /** The first encryption key: 32 bytes as base64. By default Headgate makes one. */
  readonly key?: string | undefined;
}

export interface SiloParts {
  readonly db: Kysely<Tables>;
  readonly secrets: SecretBox;
  readonly config: Config;
}

/** Throws what preparing it throws. */
export async function setAccountLake(parts: SiloParts, name: string, wanted: WantedLake): Promise<void> {
  const { apply } = await prepareAccountLake(parts, { name, id: await accountIdOf(parts.db, name) }, wanted);
  await apply(parts.db);
}

export interface PreparedLake {
  readonly location: string;
  readonly isNew: boolean;
  /** The changes in words, without secrets; empty if nothing changes. */
  readonly details: readonly string[];
  /** Changes it, in the caller's transaction if there is one. The account exists by now. */
  apply(db: Kysely<Tables>): Promise<void>;
}

/** An account that is about to be added has no id yet. */
interface GivenAccount {
  readonly name: string;
  readonly id: string | undefined;
}

/**
 * Tries the store before anything is changed. Throws USAGE, ACCOUNT_LAKE_TAKEN, ACCOUNT_LAKE_IN_USE, and what the store
 * throws if it cannot be used.
 */
export async function prepareAccountLake(
  parts: SiloParts,
  { name, id = noAccount }: GivenAccount,
  wanted: WantedLake,
): Promise<PreparedLake> {
  const { secrets } = parts;
  const before = await lakeNow(parts.db, id);
  const next = await nextLake({ accountId: id, before, secrets }, wanted);
  const moves = before?.location !== next.location || before.encrypted !== next.encrypted;
  const key = moves && next.encrypted ? newKey(wanted.key) : undefined;
  if (!moves && wanted.key !== undefined)
    throw usage(name, "a lake that exists gets another key with `account key rotate`");
  const details = detailsOf(secrets, { before, next });
  if (moves) await checkMovable(parts, { accountId: id, name, location: next.location });
  if (details.length > 0) await tryLake(parts, { next, key, mustBeEmpty: moves });
  const apply = async (transaction: Transaction<Tables>): Promise<void> => {
    const accountId = await accountIdOf(transaction, name);
    await holdAccount(transaction, accountId);
    if ((await lakeNow(transaction, accountId))?.revision !== before?.revision) throw changedMeanwhile(name);
    const { secretText, ...said } = next;
    const secret = secretText === null ? null : secrets.of(accountId).seal(secretText);
    const row = { ...said, secret, account_id: accountId };
    if (moves) await checkMovable({ ...parts, db: transaction }, { accountId, name, location: next.location });
    if (key !== undefined) await storeKey(transaction, { accountId, key, secrets });
    const insert = transaction.insertInto("account_lakes").values(row);
    await insert.onConflict((conflict) => conflict.column("account_id").doUpdateSet(row)).execute();
  };
  return {
    location: next.location,
    isNew: before === undefined,
    details,
    apply: (db) => inPolicyChange(db, apply),
  };
}

/** The id that no account has. */
const noAccount = "00000000-0000-0000-0000-000000000000";

async function lakeNow(db: Kysely<Tables>, accountId: string): Promise<AccountLake | undefined> {
  return (await accountLakes(db)).find((lake) => lake.account_id === accountId);
}

function secretOf(secrets: SecretBox, lake: AccountLake | undefined): string | null {
  return (lake === undefined ? undefined : accessKeyOf(secrets, lake)?.secretAccessKey) ?? null;
}

/** The row that an account will have, with its secret as it is until it is sealed for the account. */
interface NextLake extends Omit<AccountLake, "secret"> {
  readonly secretText: string | null;
}

interface Change {
  readonly before: AccountLake | undefined;
  readonly next: NextLake;
}

function detailsOf(secrets: SecretBox, { before, next }: Change): readonly string[] {
  const said = (name: string, of: (lake: Omit<AccountLake, "secret">) => unknown): readonly string[] => {
    const [from, to] = [before && of(before), of(next)].map((value) => String(value ?? "none"));
    return from === to ? [] : [`${name} ${from} → ${to}`];
  };
  return [
    ...said("location", ({ location }) => location),
    ...said("endpoint", ({ endpoint }) => endpoint),
    ...said("region", ({ region }) => region),
    ...said("path style", (lake) => lake.path_style),
    ...said("access key", (lake) => lake.access_key_id),
    ...said("encrypted", ({ encrypted }) => encrypted),
    ...(secretOf(secrets, before) === next.secretText ? [] : ["secret"]),
    ...(next.origin === null || before?.origin === next.origin ? [] : ["declared"]),
  ];
}

/** For a removal that is made later. Throws ACCOUNT_LAKE_IN_USE. */
export async function checkRemovable(parts: SiloParts, name: string): Promise<void> {
  await checkUnused(parts, { accountId: await accountIdOf(parts.db, name), name });
}

/** New tables go to the common lake again. Throws ACCOUNT_NOT_FOUND, ACCOUNT_LAKE_IN_USE. */
export async function removeAccountLake(parts: SiloParts, name: string): Promise<void> {
  await inPolicyChange(parts.db, async (transaction) => {
    const accountId = await accountIdOf(transaction, name);
    await holdAccount(transaction, accountId);
    await checkUnused({ ...parts, db: transaction }, { accountId, name });
    await transaction.deleteFrom("account_lakes").where("account_id", "=", accountId).execute();
  });
}

/** From now on, everything is encrypted with a new key. Throws ACCOUNT_NOT_FOUND, USAGE for a lake without encryption. */
export async function rotateAccountKey(
  { db, secrets }: SiloParts,
  { name, key: given }: { readonly name: string; readonly key?: string | undefined },
): Promise<{ readonly key: string; readonly keys: number }> {
  const key = newKey(given);
  return inPolicyChange(db, async (transaction) => {
    const accountId = await accountIdOf(transaction, name);
    await holdAccount(transaction, accountId);
    const { numUpdatedRows } = await transaction
      .updateTable("account_lakes")
      .set({ revision: randomUUID(), changed_at: new Date() })
      .where("account_id", "=", accountId)
      .where("encrypted", "=", true)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw usage(name, "the account has no lake of its own that is encrypted");
    const earlier = await accountKeys({ db: transaction, secrets }, accountId);
    if (earlier.some(({ bytes }) => Buffer.from(bytes).equals(key.bytes)))
      throw usage(name, "the account has had this key before");
    await storeKey(transaction, { accountId, key, secrets });
    return { key: key.id, keys: earlier.length + 1 };
  });
}

interface Known {
  readonly accountId: string;
  readonly before: AccountLake | undefined;
  readonly secrets: SecretBox;
}

/** The row that the account will have. What belongs to a place is not taken along to another one. */
async function nextLake({ accountId, before, secrets }: Known, wanted: WantedLake): Promise<NextLake> {
  const given = wanted.lake ?? before?.location;
  if (given === undefined) throw usage("--lake", "the account has no lake of its own yet, so its location is missing");
  const location = wanted.lake === undefined ? given : await lakePlace(given);
  const stays = before?.location === location ? before : undefined;
  const row = {
    account_id: accountId,
    origin: wanted.origin ?? stays?.origin ?? null,
    location,
    endpoint: checkedEndpoint(wanted.endpoint) ?? stays?.endpoint ?? null,
    region: wanted.region ?? stays?.region ?? null,
    path_style: wanted.pathStyle ?? stays?.path_style ?? null,
    ...accessOf(stays, wanted, secrets),
    encrypted: wanted.encrypt ?? stays?.encrypted ?? false,
    revision: randomUUID(),
    changed_at: new Date(),
  };
  checkAccess(row, wanted);
  return row;
}

function checkedEndpoint(given: string | undefined): string | undefined {
  try {
    return s3Endpoint(given);
  } catch (cause) {
    throw new HeadgateError("USAGE", {
      place: "the endpoint",
      message: `expected http(s)://host:port, got "${given}"`,
      cause,
    });
  }
}

/** Another key never goes with the earlier key's secret, nor another endpoint with either. */
function accessOf(
  stays: AccountLake | undefined,
  { accessKey, secret, endpoint }: WantedLake,
  secrets: SecretBox,
): Pick<NextLake, "access_key_id" | "secretText"> {
  const movesEndpoint = endpoint !== undefined && endpoint !== stays?.endpoint;
  const keeps = !movesEndpoint && (accessKey === undefined || accessKey === stays?.access_key_id);
  return {
    access_key_id: accessKey ?? (movesEndpoint ? null : (stays?.access_key_id ?? null)),
    secretText: secret ?? (keeps ? secretOf(secrets, stays) : null),
  };
}

function checkAccess(row: NextLake, { key }: WantedLake): void {
  const isS3 = row.location.startsWith("s3://");
  const hasAccess = row.access_key_id !== null && row.secretText !== null;
  const ofS3 = [row.endpoint, row.region, row.path_style, row.access_key_id, row.secretText];
  if (isS3 && !hasAccess) throw usage(row.location, "a lake on S3 needs an access key of its own and its secret");
  if (!isS3 && ofS3.some((value) => value !== null))
    throw usage(row.location, "a lake in a directory has no endpoint, region and access key");
  if (!row.encrypted && key !== undefined) throw usage(row.location, "a key is given, but the lake is not encrypted");
}

function newKey(given: string | undefined): ObjectKey {
  if (given === undefined) return { id: uuidv7(), bytes: randomBytes(32) };
  const bytes = Buffer.from(given.trim(), "base64");
  if (bytes.length !== 32 || bytes.toString("base64") !== given.trim())
    throw usage("the encryption key", "expected 32 random bytes as base64, such as `openssl rand -base64 32` prints");
  return { id: uuidv7(), bytes };
}

interface NewKey {
  readonly accountId: string;
  readonly key: ObjectKey;
  readonly secrets: SecretBox;
}

async function storeKey(transaction: Kysely<Tables>, { accountId, key, secrets }: NewKey): Promise<void> {
  const sealed = secrets.of(accountId).seal(keyText(key, accountId));
  await transaction.insertInto("account_keys").values({ id: key.id, account_id: accountId, sealed }).execute();
}

/** Until the end of the transaction, no run of the account begins and no table of it is created. */
async function holdAccount(transaction: Transaction<Tables>, accountId: string): Promise<void> {
  await transaction.selectFrom("accounts").select("id").where("id", "=", accountId).forUpdate().execute();
}

function changedMeanwhile(place: string): HeadgateError {
  const message = "somebody else changed the lake of the account at the same moment";
  return new HeadgateError("ACCOUNT_LAKE_IN_USE", { place, message, remedy: "run the command again" });
}

interface Moving {
  readonly accountId: string;
  readonly name: string;
  readonly location: string;
}

async function checkMovable(parts: SiloParts, { accountId, name, location }: Moving): Promise<void> {
  await checkUnused(parts, { accountId, name });
  await checkApart(parts.db, parts.config, { accountId, location });
}

/** Throws ACCOUNT_LAKE_IN_USE. */
async function checkUnused(parts: SiloParts, { accountId, name }: Omit<Moving, "location">): Promise<void> {
  const uses = await usesOf(parts, accountId);
  if (uses.length === 0) return;
  const [shown, more] = [uses.slice(0, 5).join(", "), uses.length > 5 ? ` and ${uses.length - 5} more` : ""];
  throw new HeadgateError("ACCOUNT_LAKE_IN_USE", { place: name, message: `the account still has ${shown}${more}` });
}

/** Tables that Headgate keeps for the account, and work that may be writing one. */
async function usesOf({ db, config }: SiloParts, accountId: string): Promise<readonly string[]> {
  const entries = (await selectEntries(db, { accountId })).filter((entry) => entry.accountId === accountId);
  const isForeign = (location: string): boolean =>
    config.tableRoots.some((root) => isBelow(location, root)) && !isBelow(location, config.lakeLocation);
  const { rows } = await sql<{ label: string }>`
    select 'the run ' || id::text as label from runs where account_id = ${accountId} and state = 'running'
    union all select distinct 'an unfinished first load of ' || source_schema || '.' || source_name
      from staged_splits join sources on sources.id = staged_splits.source_id where sources.account_id = ${accountId}
    order by label`.execute(db);
  const tables = entries.filter(({ location }) => !isForeign(location));
  return [...tables.map((entry) => `the table ${entry.database}.${entry.name}`), ...rows.map(({ label }) => label)];
}

interface Trying {
  readonly next: NextLake;
  readonly key: ObjectKey | undefined;
  readonly mustBeEmpty: boolean;
}

/** Writes, reads and deletes an object, with caches of its own that go with it. */
async function tryLake(parts: SiloParts, { next, key, mustBeEmpty }: Trying): Promise<void> {
  const { config, secrets, db } = parts;
  const home = join(config.scratchDirectory, randomUUID());
  const keys = next.encrypted ? (key === undefined ? await accountKeys(parts, next.account_id) : [key]) : undefined;
  const { access_key_id: accessKeyId, secretText: secretAccessKey } = next;
  if (next.location.startsWith("file://")) await makeDirectory(fileURLToPath(next.location));
  try {
    const store = await openAccountStore(
      { ...config, scratchDirectory: home },
      {
        lake: next,
        credentials: accessKeyId === null || secretAccessKey === null ? undefined : { accessKeyId, secretAccessKey },
        keys,
        cacheOf: (kind) => fileCache({ directory: join(home, kind), boundBytes: config.cacheBytes }),
        find: async (id) => (await accountKeys({ db, secrets }, next.account_id)).find((one) => one.id === id),
      },
    );
    if (mustBeEmpty) await checkEmpty(store, next.location);
    const location = `${next.location}/${uuidv7()}/${trialName}`;
    await store.put(location, Buffer.from("headgate"));
    await store.get(location);
    await store.delete([location]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** The name of the object with which a place is tried. */
const trialName = "written-to-see-whether-it-can-be";

/** Removes trials of processes that were killed meanwhile. Throws ACCOUNT_LAKE_TAKEN. */
async function checkEmpty(store: ObjectStore, place: string): Promise<void> {
  const isTrial = new RegExp(`^/[0-9a-f-]{36}/${trialName}(?:[.#].*)?$`);
  const trials: string[] = [];
  for await (const { location } of store.list(`${place}/`, { drafts: true })) {
    if (!isTrial.test(location.slice(place.length)))
      throw new HeadgateError("ACCOUNT_LAKE_TAKEN", { place: location, message: "the location has files already" });
    trials.push(location);
  }
  await store.delete(trials);
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: path, cause });
  }
}

function usage(place: string, message: string): HeadgateError {
  return new HeadgateError("USAGE", { place, message });
}
