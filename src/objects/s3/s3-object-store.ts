/**
 * The object store on S3 and on servers that speak its protocol. Objects are read through a local cache. They are
 * written whole, the large ones as multipart uploads, and appear only once the upload is complete. Drafts are local
 * files until they are published.
 * Invariant: an operation that is repeated because its answer was lost leaves the same bytes under the same name.
 */
import { createWriteStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { HeadgateError } from "../../errors.ts";
import type { ObjectStore } from "../object-store.ts";
import { listObjects, listUploads } from "./s3-listing.ts";
import { isBelow, splitLocation } from "./s3-location.ts";
import { objectAt, openS3Store, type S3Store, type S3StoreParts } from "./s3-store.ts";
import { deleteAll, openDraft, put } from "./s3-writing.ts";

export function s3ObjectStore(parts: S3StoreParts): ObjectStore {
  const store = openS3Store(parts);
  const probe = probeOnce(store);
  const localPath = async (location: string): Promise<string> => {
    await probe();
    return store.cache.path(location, (path) => download(store, location, path));
  };
  return {
    get: async (location) => readFile(await localPath(location)),
    open: async (location) => open(await localPath(location), "r"),
    localPath,
    has: async (location) => probe().then(() => has(store, location)),
    put: async (location, bytes) => probe().then(() => put(store, location, bytes)),
    draft: async (location) => probe().then(() => openDraft(store, location)),
    delete: async (locations) => probe().then(() => deleteAll(store, locations)),
    async *list(prefix, { drafts = false } = {}) {
      await probe();
      yield* listObjects(store, prefix);
      if (drafts) yield* listUploads(store, prefix);
    },
    within: (places) => (location) => Promise.resolve(places.some((place) => isBelow(location, place))),
  };
}

/** Checks once that the bucket exists and may be read, so that wrong settings get their own error. */
function probeOnce({ root, client, at }: S3Store): () => Promise<void> {
  let probing: Promise<void> | undefined;
  const { bucket, key } = splitLocation(root);
  const look = async (): Promise<void> => {
    await at(`s3://${bucket}`, () =>
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 })),
    );
  };
  return () =>
    (probing ??= look().catch((failure: unknown) => {
      probing = undefined;
      throw failure;
    }));
}

function download(store: S3Store, location: string, path: string): Promise<void> {
  return store.at(location, async () => {
    const { Body, ContentLength } = await store.client.send(new GetObjectCommand(objectAt(store, location)));
    await pipeline(Body as Readable, createWriteStream(path, { flush: true }));
    const { size } = await stat(path);
    if (ContentLength === undefined || size === ContentLength) return;
    const message = `only ${size} of ${ContentLength} bytes arrived`;
    throw new HeadgateError("STORE_UNREACHABLE", { place: location, message });
  });
}

async function has(store: S3Store, location: string): Promise<boolean> {
  try {
    await store.at(location, () => store.client.send(new HeadObjectCommand(objectAt(store, location))));
    return true;
  } catch (failure) {
    if (failure instanceof HeadgateError && failure.code === "DATA_FILE_MISSING") return false;
    throw failure;
  }
}
