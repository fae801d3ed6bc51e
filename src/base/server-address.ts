/**
 * The checked parts of a database server's address: `scheme://user@host:port/database?tls=…&tls-ca=file&socket=path`.
 * It never contains the password.
 */
import { HeadgateError } from "../errors.ts";

const tlsModes = ["disable", "prefer", "require", "verify"] as const;

/**
 * `prefer` encrypts if the server can; `require` always encrypts and accepts any certificate; `verify` also requires a
 * trusted certificate of this host.
 */
export type TlsMode = (typeof tlsModes)[number];

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** A unix socket (for PostgreSQL its directory), used instead of host and port. */
  readonly socket: string | undefined;
  /** Empty when the address names no user. */
  readonly user: string;
  readonly database: string | undefined;
  readonly tls: TlsMode;
  /** File of certificate authorities to trust. */
  readonly tlsCa: string | undefined;
}

const parameters = new Set(["tls", "tls-ca", "socket"]);

/** Throws SETTING_INVALID for unknown parameters and values. */
export function parseServerAddress(url: URL, { defaultPort }: { defaultPort: number }): ServerAddress {
  for (const name of url.searchParams.keys()) {
    if (!parameters.has(name))
      throw invalid(`parameter "${name}"`, `use only these parameters: ${[...parameters].join(", ")}`);
  }
  const tlsCa = url.searchParams.get("tls-ca") ?? undefined;
  return {
    host: decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, "$1")) || "localhost",
    port: url.port === "" ? defaultPort : Number(url.port),
    socket: url.searchParams.get("socket") ?? undefined,
    user: decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.replace(/^\/+/, "")) || undefined,
    tls: tlsMode(url.searchParams.get("tls"), tlsCa),
    tlsCa,
  };
}

/** The server's name in error messages. */
export function placeOf({ host, port, socket }: ServerAddress): string {
  return socket ?? `${host}:${port}`;
}

function tlsMode(text: string | null, tlsCa: string | undefined): TlsMode {
  const mode = tlsModes.find((known) => known === text);
  if (mode !== undefined) return mode;
  if (text !== null) throw invalid(`tls=${text}`, `use one of ${tlsModes.join(", ")}`);
  return tlsCa === undefined ? "prefer" : "verify";
}

function invalid(place: string, remedy: string): HeadgateError {
  return new HeadgateError("SETTING_INVALID", { place: `${place} of the source's address`, remedy });
}
