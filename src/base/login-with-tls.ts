/**
 * Logs in with the encryption that the address asks for. Unix sockets are never encrypted; `prefer` falls back to a
 * plain connection when the server has no TLS.
 */
import { readFile } from "node:fs/promises";
import { HeadgateError } from "../errors.ts";
import type { ServerAddress } from "./server-address.ts";

export interface TlsOptions {
  /** Whether the certificate must be trusted and match this host. */
  readonly verify: boolean;
  /** Certificate authorities to trust, in PEM format. */
  readonly ca: string | undefined;
}

export interface LoginParts<Login> {
  attempt(tls: TlsOptions | undefined): Promise<Login>;
  /** Whether the failure means that the server offers no TLS at all. */
  hasNoTls(failure: unknown): boolean;
}

/** Throws what `attempt` throws, and SOURCE_TLS_FAILED when the file of certificate authorities cannot be read. */
export async function loginWithTls<Login>(
  { socket, tls, tlsCa }: ServerAddress,
  { attempt, hasNoTls }: LoginParts<Login>,
): Promise<{ login: Login; encrypted: boolean }> {
  if (socket !== undefined || tls === "disable") return { login: await attempt(undefined), encrypted: false };
  try {
    const options = { verify: tls === "verify", ca: await readAuthorities(tlsCa) };
    return { login: await attempt(options), encrypted: true };
  } catch (failure) {
    if (tls !== "prefer" || !hasNoTls(failure)) throw failure;
    return { login: await attempt(undefined), encrypted: false };
  }
}

async function readAuthorities(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const message = "the file that tls-ca names cannot be read";
    throw new HeadgateError("SOURCE_TLS_FAILED", { place: path, message, cause });
  }
}
