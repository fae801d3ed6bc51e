/**
 * The objects below a prefix of a bucket that others write. What is read is copied to the scratch directory and removed
 * when this is disposed. It uses credentials of its own, or AWS's usual ones, and never writes to the bucket.
 */
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import type { ForeignFile, ForeignFiles } from "../foreign-files.ts";
import { patience } from "./patience.ts";
import { openS3Client, type S3Credentials, type S3Settings } from "./s3-client.ts";
import { s3Failure } from "./s3-failure.ts";

interface BucketParts {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  readonly settings: Pick<S3Settings, "endpoint" | "region" | "pathStyle">;
  readonly credentials: S3Credentials | undefined;
  readonly scratchDirectory: string;
}

interface Bucket extends BucketParts {
  readonly client: S3Client;
  /** The prefix with a slash at its end, unless it is empty. */
  readonly root: string;
  at<T>(place: string, work: () => Promise<T>): Promise<T>;
}

export function bucketFiles(parts: BucketParts): ForeignFiles {
  const bucket = openBucket(parts);
  const copies = new Map<string, Copy>();
  let directory: Promise<string> | undefined;
  let copied = 0;
  const copy = async (file: ForeignFile, number: number): Promise<string> => {
    directory ??= mkdtemp(join(parts.scratchDirectory, "files-"));
    const path = join(await directory, `${number}-${file.path.slice(file.path.lastIndexOf("/") + 1)}`);
    await download(bucket, file, path);
    return path;
  };
  const copyOf = (file: ForeignFile): Copy => {
    const key = keyOf(file);
    const known = copies.get(key) ?? { path: copy(file, copied++), users: 0, isKept: false };
    copies.set(key, known);
    return known;
  };
  return {
    location: `s3://${parts.bucket}/${parts.prefix}`.replace(/\/$/, ""),
    appearWhole: true,
    list: () => listObjects(bucket),
    localPath(file) {
      const known = copyOf(file);
      known.isKept = true;
      return known.path;
    },
    async whileLocal(file, work) {
      const known = copyOf(file);
      known.users++;
      try {
        return await work(await known.path);
      } finally {
        known.users--;
        if (known.users === 0 && !known.isKept) await forget(copies, file);
      }
    },
    async [Symbol.asyncDispose]() {
      bucket.client.destroy();
      if (directory !== undefined) await rm(await directory, { recursive: true, force: true });
    },
  };
}

/** A file on its way here, or here. */
interface Copy {
  readonly path: Promise<string>;
  /** How many need it at the moment. */
  users: number;
  /** Somebody was given its path for as long as the files are open. */
  isKept: boolean;
}

function keyOf({ path, version }: ForeignFile): string {
  return `${path} ${version}`;
}

async function forget(copies: Map<string, Copy>, file: ForeignFile): Promise<void> {
  const known = copies.get(keyOf(file));
  copies.delete(keyOf(file));
  const path = await known?.path.catch(() => undefined);
  if (path !== undefined) await rm(path, { force: true });
}

function openBucket(parts: BucketParts): Bucket {
  const patiently = patience();
  return {
    ...parts,
    client: openS3Client({ ...parts.settings, encryption: undefined }, parts.credentials),
    root: parts.prefix === "" ? "" : `${parts.prefix}/`,
    at: (place, work) =>
      patiently(() =>
        work().catch((failure: unknown) => {
          throw s3Failure(failure, place);
        }),
      ).catch((failure: unknown) => {
        throw sourceFailure(failure);
      }),
  };
}

async function* listObjects({ bucket, root, client, at }: Bucket): AsyncIterable<ForeignFile> {
  let ContinuationToken: string | undefined;
  do {
    const ask = new ListObjectsV2Command({ Bucket: bucket, Prefix: root, ContinuationToken });
    const { Contents = [], NextContinuationToken } = await at(`s3://${bucket}/${root}`, () => client.send(ask));
    for (const { Key = "", Size = 0, LastModified = new Date(0), ETag = "" } of Contents)
      yield { path: Key.slice(root.length), size: Size, modifiedAt: LastModified, version: ETag };
    ContinuationToken = NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

function download({ bucket, root, client, at }: Bucket, file: ForeignFile, path: string): Promise<void> {
  const Key = root + file.path;
  return at(`s3://${bucket}/${Key}`, async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key, IfMatch: file.version }));
    await pipeline(Body as Readable, createWriteStream(path));
  });
}

/** The codes of a source for those of a store: it is somebody else's bucket, not the lake's. */
const codes: Partial<Record<ErrorCode, ErrorCode>> = {
  STORE_REFUSED: "SOURCE_RIGHT_MISSING",
  STORE_LOGIN_REFUSED: "SOURCE_LOGIN_REFUSED",
  STORE_BUCKET_MISSING: "SOURCE_DATABASE_UNKNOWN",
  STORE_UNREACHABLE: "SOURCE_UNREACHABLE",
  STORE_REGION_WRONG: "SOURCE_UNREACHABLE",
  STORE_CLOCK_DIFFERS: "SOURCE_UNREACHABLE",
  DATA_FILE_MISSING: "SOURCE_TABLE_ALTERED",
};

const remedies: Partial<Record<ErrorCode, string>> = {
  STORE_REFUSED:
    "give these credentials s3:ListBucket on the bucket and s3:GetObject on its objects (and kms:Decrypt on their key)",
  STORE_REGION_WRONG: "add the bucket's region to the source's address: ?region=eu-central-1",
  STORE_BUCKET_MISSING: "check the bucket in the source's address",
};

function sourceFailure(failure: unknown): unknown {
  if (isChanged(failure)) return new HeadgateError("SOURCE_TABLE_ALTERED", { message: "an object was written again" });
  if (!(failure instanceof HeadgateError)) return failure;
  const { place, message, cause } = failure;
  const code = codes[failure.code];
  return code === undefined
    ? failure
    : new HeadgateError(code, { place, message, cause, remedy: remedies[failure.code] });
}

function isChanged(failure: unknown): boolean {
  return failure instanceof Error && failure.name === "PreconditionFailed";
}
