/** A private S3 server on 127.0.0.1 with one empty bucket: versitygw or MinIO, as `setUpS3Servers` built them. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { freePort } from "./free-port.ts";

export type S3ServerKind = "versitygw" | "minio";

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string;
  readonly bucket: string;
  /** Environment that a process needs to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
  /**
   * Creates a user who may only read and list the bucket; returns the environment for a process of that user. versitygw
   * only.
   */
  addReader(): Promise<Readonly<Record<string, string>>>;
  /**
   * Creates a bucket, and a user of the same name who may do everything in it and nothing elsewhere; returns their keys.
   * versitygw only.
   */
  addTenant(name: string): Promise<{ readonly accessKey: string; readonly secret: string }>;
  /** After a kill: starts the same server with the same objects. */
  start(): Promise<void>;
}

const s3Keys = { access: "headgate-access", secret: "headgate-secret" } as const;
const bucket = "lakehouse";
const binaries = resolve(import.meta.dirname, "../../.cache/peers/bin");

/** The servers that were built; see test/peers/set-up.ts. */
export const s3ServerKinds: readonly S3ServerKind[] = (["versitygw", "minio"] as const).filter((kind) =>
  existsSync(join(binaries, kind)),
);

export async function startS3Server(
  kind: S3ServerKind,
  { environment = {} }: { environment?: Readonly<Record<string, string>> } = {},
): Promise<S3Server> {
  const binary = join(binaries, kind);
  const home = await mkdtemp(join(tmpdir(), `headgate-${kind}-`));
  await Promise.all(["objects", "metadata", "users"].map((name) => mkdir(join(home, name))));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    running = spawn(binary, wordsOf(kind, { home, port }), {
      env: {
        ...process.env,
        MINIO_ROOT_USER: s3Keys.access,
        MINIO_ROOT_PASSWORD: s3Keys.secret,
        ROOT_ACCESS_KEY: s3Keys.access,
        ROOT_SECRET_KEY: s3Keys.secret,
        ...environment,
      },
      stdio: "ignore",
    });
    await answers(endpoint, running);
  };
  const kill = async (): Promise<void> => {
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill("SIGKILL");
    await once(running, "exit");
  };
  await start();
  await asOwner(endpoint, (client) => client.send(new CreateBucketCommand({ Bucket: bucket })));
  return {
    endpoint,
    bucket,
    environment: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: s3Keys.access,
      AWS_SECRET_ACCESS_KEY: s3Keys.secret,
      AWS_REGION: "us-east-1",
    },
    addReader: () => addReader(binary, endpoint),
    addTenant: (name) => addTenant({ binary, endpoint }, name),
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function wordsOf(kind: S3ServerKind, { home, port }: { home: string; port: number }): readonly string[] {
  const address = `127.0.0.1:${port}`;
  if (kind === "minio") return ["server", "--quiet", "--address", address, join(home, "objects")];
  return [
    "--port",
    address,
    "--quiet",
    "--iam-dir",
    join(home, "users"),
    "posix",
    "--sidecar",
    join(home, "metadata"),
    join(home, "objects"),
  ];
}

async function addReader(binary: string, endpoint: string): Promise<Readonly<Record<string, string>>> {
  addUser({ binary, endpoint }, { access: "reader", secret: "reading" });
  const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Principal: ["reader"], Action, Resource });
  const arn = `arn:aws:s3:::${bucket}`;
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [allow("s3:GetObject", `${arn}/*`), allow("s3:ListBucket", arn)],
  });
  await asOwner(endpoint, (client) => client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy })));
  return { AWS_ACCESS_KEY_ID: "reader", AWS_SECRET_ACCESS_KEY: "reading" };
}

interface Gateway {
  readonly binary: string;
  readonly endpoint: string;
}

function addUser({ binary, endpoint }: Gateway, { access, secret }: { access: string; secret: string }): void {
  const admin = ["admin", "--access", s3Keys.access, "--secret", s3Keys.secret, "--endpoint-url", endpoint];
  const words = [...admin, "create-user", "--access", access, "--secret", secret, "--role", "user"];
  const made = spawnSync(binary, words, { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
}

async function addTenant(gateway: Gateway, name: string): Promise<{ accessKey: string; secret: string }> {
  const secret = `secret-of-${name}`;
  addUser(gateway, { access: name, secret });
  const arn = `arn:aws:s3:::${name}`;
  const allow = (Resource: string) => ({ Effect: "Allow", Principal: [name], Action: "s3:*", Resource });
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [allow(arn), allow(`${arn}/*`)] });
  await asOwner(gateway.endpoint, async (client) => {
    await client.send(new CreateBucketCommand({ Bucket: name }));
    await client.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
  });
  return { accessKey: name, secret };
}

async function asOwner(endpoint: string, work: (client: S3Client) => Promise<unknown>): Promise<void> {
  const credentials = { accessKeyId: s3Keys.access, secretAccessKey: s3Keys.secret };
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  await work(client);
  client.destroy();
}

const patienceMs = 30_000;

async function answers(endpoint: string, server: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(50)) {
    if (server.exitCode !== null) throw new Error(`the S3 server ended with ${server.exitCode}`);
    // MinIO answers 503 until it is ready.
    const response = await fetch(endpoint).catch(() => undefined);
    if (response !== undefined && response.status < 500) return;
  }
  throw new Error("the S3 server does not answer");
}
