/**
 * Encrypts small secrets with AES-256-GCM and a random nonce each time. The key is a file outside the database. What
 * belongs to an account is sealed with a key of the account, which is derived from it; a process that works for one
 * account only is given a file with this derived key.
 * Invariant: only `open` decrypts a secret, and a box that was sealed with another key does not open.
 */
import { codeOf } from "./thrown.ts";
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { HeadgateError } from "../errors.ts";
import { checkKeyFile } from "./private-path.ts";

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export interface SecretBox {
  /** The only account whose secrets it opens; undefined for the box of the whole Headgate. */
  readonly accountId: string | undefined;
  seal(secret: string): Buffer;
  /** Throws SECRET_KEY_MISMATCH when the box was sealed with another key or has been changed. */
  open(box: Uint8Array): string;
  /** The box for the secrets of an account. It also opens what was sealed before accounts had boxes of their own. */
  of(accountId: string): SecretBox;
  /** The text of a key file that opens the secrets of this account only. Throws SECRET_KEY_MISMATCH. */
  keyFileOf(accountId: string): string;
}

/**
 * Reads the key file, and creates it (mode 0600) if it does not exist. Throws KEY_FILE_EXPOSED, SECRET_KEY_MISMATCH.
 */
export async function openSecretBox(keyFile: string): Promise<SecretBox> {
  const given = await readOrMakeKey(keyFile);
  return given.accountId === undefined ? boxOf(given.key, keyFile) : boxOfOne(given.key, keyFile, given.accountId);
}

function boxOf(key: Buffer, keyFile: string): SecretBox {
  return {
    accountId: undefined,
    seal: (secret) => seal(key, secret),
    open: (box) => unseal([key], { box: Buffer.from(box), keyFile }),
    of: (accountId) => boxOfAccount([derived(key, accountId), key], keyFile, accountId),
    keyFileOf: (accountId) => `${accountMark} ${accountId} ${derived(key, accountId).toString("base64")}\n`,
  };
}

/** The first key seals. */
function boxOfAccount(keys: readonly [Buffer, ...Buffer[]], keyFile: string, accountId: string): SecretBox {
  return {
    accountId,
    seal: (secret) => seal(keys[0], secret),
    open: (box) => unseal(keys, { box: Buffer.from(box), keyFile }),
    of: (other) => {
      if (other !== accountId) throw ofAnother(keyFile);
      return boxOfAccount(keys, keyFile, accountId);
    },
    keyFileOf: (other) => {
      if (other !== accountId) throw ofAnother(keyFile);
      return `${accountMark} ${accountId} ${keys[0].toString("base64")}\n`;
    },
  };
}

/** With the key of one account alone, there is nothing that belongs to no account. */
function boxOfOne(key: Buffer, keyFile: string, accountId: string): SecretBox {
  const refuse = (): never => {
    throw ofAnother(keyFile);
  };
  return { ...boxOfAccount([key], keyFile, accountId), seal: refuse, open: refuse };
}

/** Begins a key file that opens the secrets of one account. */
const accountMark = "account";

function derived(key: Buffer, accountId: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `secrets of the account ${accountId}`, keyBytes));
}

function ofAnother(place: string): HeadgateError {
  return new HeadgateError("SECRET_KEY_MISMATCH", {
    place,
    message: "this key file opens the secrets of one account only, and this secret is not one of them",
    remedy: "use the key file of the whole Headgate, or work for that account only",
  });
}

interface GivenKey {
  readonly key: Buffer;
  /** Undefined for the key of the whole Headgate. */
  readonly accountId: string | undefined;
}

async function readOrMakeKey(keyFile: string): Promise<GivenKey> {
  await mkdir(dirname(keyFile), { recursive: true });
  try {
    await writeFile(keyFile, `${randomBytes(keyBytes).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (failure) {
    if (codeOf(failure) !== "EEXIST") throw failure;
  }
  await checkKeyFile(keyFile);
  const [first = "", accountId, own] = (await readFile(keyFile, "utf8")).trim().split(" ");
  const key = Buffer.from(first === accountMark ? (own ?? "") : first, "base64");
  if (key.length !== keyBytes)
    throw new HeadgateError("SECRET_KEY_MISMATCH", { place: keyFile, message: "this is not a Headgate key file" });
  return { key, accountId: first === accountMark ? accountId : undefined };
}

function seal(key: Buffer, secret: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function unseal(keys: readonly Buffer[], { box, keyFile }: { box: Buffer; keyFile: string }): string {
  let cause: unknown;
  for (const key of keys) {
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, box.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAuthTag(box.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([decipher.update(box.subarray(nonceBytes + tagBytes)), decipher.final()]).toString("utf8");
    } catch (failure) {
      cause = failure;
    }
  }
  throw new HeadgateError("SECRET_KEY_MISMATCH", { place: keyFile, cause });
}
