/** Lists what is below a prefix on S3, page by page: objects, and multipart uploads that nobody finished. */
import { ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { StoredObject } from "../object-store.ts";
import { locationOf, placeOf, uploadLocation } from "./s3-location.ts";
import type { S3Store } from "./s3-store.ts";

export async function* listObjects(store: S3Store, prefix: string): AsyncIterable<StoredObject> {
  const { bucket, key } = placeOf(prefix, store.root);
  let ContinuationToken: string | undefined;
  do {
    const ask = new ListObjectsV2Command({ Bucket: bucket, Prefix: key, ContinuationToken });
    const { Contents = [], NextContinuationToken } = await store.at(prefix, () => store.client.send(ask));
    for (const { Key = "", Size = 0, LastModified = new Date(0) } of Contents)
      yield { location: locationOf({ bucket, key: Key }), size: Size, modifiedAt: LastModified, isDraft: false };
    ContinuationToken = NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

/** MinIO lists uploads only by the full name of an object, and removes unfinished ones itself after a day. */
export async function* listUploads(store: S3Store, prefix: string): AsyncIterable<StoredObject> {
  const { bucket, key } = placeOf(prefix, store.root);
  let next: { readonly KeyMarker: string | undefined; readonly UploadIdMarker: string | undefined } | undefined;
  do {
    const ask = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key, ...next });
    const page = await store.at(prefix, () => store.client.send(ask));
    for (const { Key = "", UploadId = "", Initiated = new Date(0) } of page.Uploads ?? [])
      yield {
        location: uploadLocation(locationOf({ bucket, key: Key }), UploadId),
        size: 0,
        modifiedAt: Initiated,
        isDraft: true,
      };
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
  } while (next !== undefined);
}
