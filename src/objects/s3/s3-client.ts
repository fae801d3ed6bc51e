/**
 * The connection to an S3-compatible store. Credentials and region come from AWS's usual places unless they are set.
 */
import { S3Client } from "@aws-sdk/client-s3";

export interface S3Settings {
  /** `http(s)://host:port`; undefined for AWS itself. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** Use `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly pathStyle: boolean;
  /** Encryption that every written object must have. */
  readonly encryption: S3Encryption | undefined;
}

export interface S3Encryption {
  readonly kind: "AES256" | "aws:kms";
  /** For `aws:kms`; undefined for the bucket's own key. */
  readonly keyId: string | undefined;
}

const connectionsAtOnce = 64;
const agent = { maxSockets: connectionsAtOnce, keepAlive: true };

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Without credentials, AWS's usual places are searched for them. */
export function openS3Client({ endpoint, region, pathStyle }: S3Settings, credentials?: S3Credentials): S3Client {
  return new S3Client({
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    forcePathStyle: pathStyle,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      httpsAgent: agent,
      httpAgent: agent,
    },
  });
}
