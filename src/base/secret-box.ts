/**
 * Encrypts small secrets with AES-256-GCM and a random nonce each time. The key is a file outside the database.
 * Invariant: only `open` decrypts a secret, and a box that was sealed with another key does not open.
 */
import { codeOf } from "./thrown.ts";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { HeadgateError } from "../errors.ts";
import { checkKeyFile } from "./private-path.ts";

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export interface SecretBox {
  seal(secret: string): Buffer;
  /** Throws SECRET_KEY_MISMATCH when the box was sealed with another key or has been changed. */
  open(box: Uint8Array): string;
}

/**
 * Reads the key file, and creates it (mode 0600) if it does not exist. Throws KEY_FILE_EXPOSED, SECRET_KEY_MISMATCH.
 */
export async function openSecretBox(keyFile: string): Promise<SecretBox> {
  const key = await readOrMakeKey(keyFile);
  return {
    seal: (secret) => seal(key, secret),
    open: (box) => unseal(key, { box: Buffer.from(box), keyFile }),
  };
}

async function readOrMakeKey(keyFile: string): Promise<Buffer> {
  await mkdir(dirname(keyFile), { recursive: true });
  try {
    await writeFile(keyFile, `${randomBytes(keyBytes).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (failure) {
    if (codeOf(failure) !== "EEXIST") throw failure;
  }
  await checkKeyFile(keyFile);
  const key = Buffer.from(await readFile(keyFile, "utf8"), "base64");
  if (key.length !== keyBytes)
    throw new HeadgateError("SECRET_KEY_MISMATCH", { place: keyFile, message: "this is not a Headgate key file" });
  return key;
}

function seal(key: Buffer, secret: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function unseal(key: Buffer, { box, keyFile }: { box: Buffer; keyFile: string }): string {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, box.subarray(0, nonceBytes));
    decipher.setAuthTag(box.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([decipher.update(box.subarray(nonceBytes + tagBytes)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new HeadgateError("SECRET_KEY_MISMATCH", { place: keyFile, cause });
  }
}
