/** Writes and deletes on S3: whole objects, large ones as multipart uploads, encrypted if that is required. */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { HeadgateError } from "../../errors.ts";
import type { Draft } from "../object-store.ts";
import type { S3Encryption } from "./s3-client.ts";
import { s3Failure } from "./s3-failure.ts";
import { locationOf, placeOf, splitLocation, splitUpload } from "./s3-location.ts";
import { objectAt, type S3Store } from "./s3-store.ts";

export async function put(store: S3Store, location: string, bytes: Uint8Array): Promise<void> {
  const input = { ...objectAt(store, location), Body: bytes, ...encryptionInput(store.settings.encryption) };
  await store.at(location, () => store.client.send(new PutObjectCommand(input)));
  await checkEncrypted(store, location);
}

export async function openDraft(store: S3Store, location: string): Promise<Draft> {
  placeOf(location, store.root);
  const directory = join(store.scratchDirectory, "uploads");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, randomBytes(12).toString("hex"));
  return {
    path,
    async publish() {
      await uploadFile(store, location, path);
      await store.cache.adopt(location, path);
    },
    discard: () => rm(path, { force: true }),
  };
}

const partBytes = 8 * 1024 * 1024;

async function uploadFile(store: S3Store, location: string, path: string): Promise<void> {
  await store.at(location, () =>
    new Upload({
      client: store.client,
      params: {
        ...objectAt(store, location),
        Body: createReadStream(path),
        ...encryptionInput(store.settings.encryption),
      },
      partSize: partBytes,
      queueSize: 2,
    }).done(),
  );
  await checkEncrypted(store, location);
}

function encryptionInput(encryption: S3Encryption | undefined): object {
  if (encryption === undefined) return {};
  const { kind, keyId } = encryption;
  return { ServerSideEncryption: kind, ...(keyId === undefined ? {} : { SSEKMSKeyId: keyId }) };
}

/** A server that does not know the header silently stores the object unencrypted. */
async function checkEncrypted(store: S3Store, location: string): Promise<void> {
  const wanted = store.settings.encryption?.kind;
  if (wanted === undefined) return;
  const look = new HeadObjectCommand(objectAt(store, location));
  const { ServerSideEncryption: got } = await store.at(location, () => store.client.send(look));
  if (got === wanted) return;
  await deleteAll(store, [location]);
  const message = `Headgate asked for the encryption ${wanted}, but the store applied ${got ?? "none"}`;
  throw new HeadgateError("STORE_NOT_ENCRYPTED", { place: location, message });
}

/** Limit of keys in one DeleteObjects request. */
const mostDeleted = 1_000;

export async function deleteAll(store: S3Store, locations: readonly string[]): Promise<void> {
  const objects = locations.filter((location) => splitUpload(location) === undefined);
  for (const location of locations) await abortUpload(store, location);
  for (let from = 0; from < objects.length; from += mostDeleted)
    await deleteSome(store, objects.slice(from, from + mostDeleted));
}

async function deleteSome(store: S3Store, locations: readonly string[]): Promise<void> {
  const { bucket } = splitLocation(store.root);
  const Objects = locations.map((location) => ({ Key: objectAt(store, location).Key }));
  await store.at(`s3://${bucket}`, async () => {
    const { Errors = [] } = await store.client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const failed = Errors.find(({ Code }) => Code !== "NoSuchKey");
    if (failed === undefined) return;
    const cause = Object.assign(new Error(failed.Message ?? failed.Code), { name: failed.Code ?? "" });
    throw s3Failure(cause, locationOf({ bucket, key: failed.Key ?? "" }));
  });
  await Promise.all(locations.map((location) => store.cache.forget(location)));
}

/** Does nothing for a location that is not that of an unfinished upload. */
async function abortUpload(store: S3Store, location: string): Promise<void> {
  const upload = splitUpload(location);
  if (upload === undefined) return;
  const input = { ...objectAt(store, upload.location), UploadId: upload.id };
  await store.at(location, async () => {
    try {
      await store.client.send(new AbortMultipartUploadCommand(input));
    } catch (failure) {
      if ((failure as Error).name !== "NoSuchUpload") throw failure;
    }
  });
}
