/** The connection to an S3-compatible store, with AWS's usual chain of credentials and regions where nothing else is set. */
import { S3Client } from "@aws-sdk/client-s3";

export interface S3Settings {
  /** `http(s)://host:port`; undefined for AWS's own. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly pathStyle: boolean;
  /** Required of every object that is written. */
  readonly encryption: S3Encryption | undefined;
}

export interface S3Encryption {
  readonly kind: "AES256" | "aws:kms";
  /** For `aws:kms`; undefined for the bucket's own key. */
  readonly keyId: string | undefined;
}

const connectionsAtOnce = 64;
const agent = { maxSockets: connectionsAtOnce, keepAlive: true };

export function openS3Client({ endpoint, region, pathStyle }: S3Settings): S3Client {
  return new S3Client({
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
