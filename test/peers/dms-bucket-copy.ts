/**
 * Copies the files of a DMS task from its folder into a bucket, in the order in which the task wrote them. Stores tell
 * times in seconds, so a full load never shares one with the changes around it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { DmsTask } from "../dms/dms-task.ts";

interface CopyParts {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly folder: string;
  readonly task: DmsTask;
}

const moreThanOneSecondMs = 1_100;

/** Returns a function that makes the bucket have what the folder has now. */
export function bucketCopy({ client, bucket, prefix, folder, task }: CopyParts): () => Promise<void> {
  const copied = new Map<string, number>();
  const keyOf = (path: string): string => `${prefix}/${path}`;
  return async () => {
    const files = task.files().toSorted((left, right) => left.version - right.version);
    for (const path of [...copied.keys()].filter((known) => !files.some((file) => file.path === known))) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(path) }));
      copied.delete(path);
    }
    let stage: string | undefined;
    for (const file of files.filter(({ path, version }) => copied.get(path) !== version)) {
      if (stage !== undefined && stage !== file.stage) await delay(moreThanOneSecondMs);
      stage = file.stage;
      const Body = await readFile(join(folder, file.path));
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(file.path), Body }));
      copied.set(file.path, file.version);
    }
  };
}
