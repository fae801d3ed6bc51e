/** The parts of a database server's address, checked: `scheme://user@host:port/database?tls=…&tls-ca=file&socket=path`. It never holds the password. */
import { HeadgateError } from "../errors.ts";

const tlsModes = ["disable", "prefer", "require", "verify"] as const;

/** `prefer`: encrypted when the server can; `require`: always, any certificate; `verify`: a trusted certificate of this host. */
export type TlsMode = (typeof tlsModes)[number];

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** A unix socket (for PostgreSQL its directory), instead of host and port. */
  readonly socket: string | undefined;
  /** Empty when the address names nobody. */
  readonly user: string;
  readonly database: string | undefined;
  readonly tls: TlsMode;
  /** File with the certificate authorities to trust. */
  readonly tlsCa: string | undefined;
}

const parameters = new Set(["tls", "tls-ca", "socket"]);

/** Throws SETTING_INVALID for parameters and values it does not know. */
export function parseServerAddress(url: URL, { defaultPort }: { defaultPort: number }): ServerAddress {
  for (const name of url.searchParams.keys()) {
    if (!parameters.has(name)) throw invalid(`parameter "${name}"`, `known are ${[...parameters].join(", ")}`);
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

/** The server as errors name it. */
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
