/** An open S3 store: its client, and how every request is made. */
import type { S3Client } from "@aws-sdk/client-s3";
import type { FileCache } from "../file-cache.ts";
import { patience } from "./patience.ts";
import { openS3Client, type S3Credentials, type S3Settings } from "./s3-client.ts";
import { s3Failure } from "./s3-failure.ts";
import { placeOf } from "./s3-location.ts";

export interface S3StoreParts {
  /** `s3://bucket` or `s3://bucket/prefix`, without a trailing slash. */
  readonly root: string;
  readonly settings: S3Settings;
  /** By default those of AWS's usual places. */
  readonly credentials?: S3Credentials | undefined;
  readonly cache: FileCache;
  /** Directory in which drafts are written. */
  readonly scratchDirectory: string;
}

/** The parts that every request needs. */
export interface S3Store extends S3StoreParts {
  readonly client: S3Client;
  /** Repeats the work while the store is unavailable, and gives failures their code and `place`. */
  at<T>(place: string, work: () => Promise<T>): Promise<T>;
}

export function openS3Store(parts: S3StoreParts): S3Store {
  const patiently = patience();
  return {
    ...parts,
    client: openS3Client(parts.settings, parts.credentials),
    at: (place, work) =>
      patiently(async () => {
        try {
          return await work();
        } catch (failure) {
          throw s3Failure(failure, place);
        }
      }),
  };
}

export function objectAt({ root }: S3Store, location: string): { readonly Bucket: string; readonly Key: string } {
  const { bucket, key } = placeOf(location, root);
  return { Bucket: bucket, Key: key };
}
