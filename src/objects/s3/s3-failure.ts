/** Translates the store's errors to ours, with code, place and remedy. Unknown errors are left as they are. */
import { HeadgateError, type ErrorCode } from "../../errors.ts";

/** S3's own error codes, and those of the network below it. */
const codes: Readonly<Record<string, ErrorCode>> = {
  NoSuchKey: "DATA_FILE_MISSING",
  NotFound: "DATA_FILE_MISSING",
  NoSuchBucket: "STORE_BUCKET_MISSING",
  InvalidBucketName: "STORE_BUCKET_MISSING",
  AccessDenied: "STORE_REFUSED",
  Forbidden: "STORE_REFUSED",
  AllAccessDisabled: "STORE_REFUSED",
  KMSAccessDenied: "STORE_REFUSED",
  "KMS.NotFoundException": "STORE_NOT_ENCRYPTED",
  KMSNotConfigured: "STORE_NOT_ENCRYPTED",
  // Encryption is the only feature we ask for that a store may lack.
  NotImplemented: "STORE_NOT_ENCRYPTED",
  InvalidAccessKeyId: "STORE_LOGIN_REFUSED",
  // From versitygw.
  XAdminUserNotFound: "STORE_LOGIN_REFUSED",
  SignatureDoesNotMatch: "STORE_LOGIN_REFUSED",
  ExpiredToken: "STORE_LOGIN_REFUSED",
  ExpiredTokenException: "STORE_LOGIN_REFUSED",
  InvalidToken: "STORE_LOGIN_REFUSED",
  CredentialsProviderError: "STORE_LOGIN_REFUSED",
  TokenProviderError: "STORE_LOGIN_REFUSED",
  RequestTimeTooSkewed: "STORE_CLOCK_DIFFERS",
  RequestExpired: "STORE_CLOCK_DIFFERS",
  PermanentRedirect: "STORE_REGION_WRONG",
  AuthorizationHeaderMalformed: "STORE_REGION_WRONG",
  IllegalLocationConstraintException: "STORE_REGION_WRONG",
  ENOSPC: "DISK_FULL",
  EDQUOT: "DISK_FULL",
  XMinioStorageFull: "DISK_FULL",
  QuotaExceeded: "DISK_FULL",
  // The upload was completed but its answer was lost, so it is done again.
  NoSuchUpload: "STORE_UNREACHABLE",
  SlowDown: "STORE_UNREACHABLE",
  ServiceUnavailable: "STORE_UNREACHABLE",
  InternalError: "STORE_UNREACHABLE",
  RequestTimeout: "STORE_UNREACHABLE",
  TimeoutError: "STORE_UNREACHABLE",
  ECONNREFUSED: "STORE_UNREACHABLE",
  ECONNRESET: "STORE_UNREACHABLE",
  EPIPE: "STORE_UNREACHABLE",
  ENOTFOUND: "STORE_UNREACHABLE",
  EAI_AGAIN: "STORE_UNREACHABLE",
  ETIMEDOUT: "STORE_UNREACHABLE",
  EHOSTUNREACH: "STORE_UNREACHABLE",
};

const byStatus: Readonly<Record<number, ErrorCode>> = {
  301: "STORE_REGION_WRONG",
  307: "STORE_REGION_WRONG",
  403: "STORE_REFUSED",
  404: "DATA_FILE_MISSING",
  500: "STORE_UNREACHABLE",
  502: "STORE_UNREACHABLE",
  503: "STORE_UNREACHABLE",
  504: "STORE_UNREACHABLE",
  507: "DISK_FULL",
};

interface StoreError extends Error {
  readonly code?: string;
  readonly Code?: string;
  readonly errors?: readonly StoreError[];
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Returns the failure as a HeadgateError if it is known; `place` is the location or the bucket. */
export function s3Failure(cause: unknown, place: string): unknown {
  if (cause instanceof HeadgateError || !(cause instanceof Error)) return cause;
  const code = codeOf(cause as StoreError);
  if (code === undefined) return cause;
  return new HeadgateError(code, { place, cause, ...(code === "DATA_FILE_MISSING" ? {} : { message: cause.message }) });
}

function codeOf(failure: StoreError): ErrorCode | undefined {
  // When a host name resolves to several addresses, each is tried in turn and has its own failure.
  const [first] = failure.errors ?? [];
  const names = [failure.name, failure.code, failure.Code, first?.code];
  const known = names.map((name) => (name === undefined ? undefined : codes[name])).find((code) => code !== undefined);
  return known ?? byStatus[failure.$metadata?.httpStatusCode ?? 0];
}
