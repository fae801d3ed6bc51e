/**
 * The parts of a source's address as a form has them, and the address as the server takes it. It never contains a
 * password. Parts that no form shows, such as parameters that somebody wrote by hand, are kept as they are.
 */

export type SourceKind = "mariadb" | "mysql" | "postgres" | "dms-files+s3" | "dms-files+file";

export interface KindWords {
  readonly kind: SourceKind;
  readonly title: string;
  readonly text: string;
  readonly port: string;
}

export const sourceKinds: readonly KindWords[] = [
  { kind: "mariadb", title: "MariaDB", text: "A MariaDB server", port: "3306" },
  { kind: "mysql", title: "MySQL", text: "A MySQL server", port: "3306" },
  { kind: "postgres", title: "PostgreSQL", text: "A PostgreSQL server", port: "5432" },
  { kind: "dms-files+s3", title: "AWS DMS, bucket", text: "Files that AWS DMS writes into a bucket", port: "" },
  { kind: "dms-files+file", title: "AWS DMS, folder", text: "The same files in a directory of the server", port: "" },
];

export interface AddressDraft {
  readonly kind: SourceKind;
  /** The host of a server, or the bucket. */
  readonly host: string;
  readonly port: string;
  readonly user: string;
  /** The database, or the prefix in the bucket, or the directory. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export const emptyDraft: AddressDraft = { kind: "mariadb", host: "", port: "", user: "", path: "", parameters: {} };

export function kindWords(kind: string): KindWords | undefined {
  return sourceKinds.find((one) => one.kind === kind || (one.kind === "postgres" && kind === "postgresql"));
}

/** The title of a connector, which the server names as the kinds, and all files of DMS alike. */
export function connectorTitle(connector: string | undefined): string | undefined {
  if (connector === "dms-files") return "AWS DMS files";
  return connector === undefined ? undefined : (kindWords(connector)?.title ?? connector);
}

export function addressText({ kind, host, port, user, path, parameters }: AddressDraft): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== "");
  const query = given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
  const inPath = path.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/");
  if (kind === "dms-files+file") return `${kind}:///${inPath}${query}`;
  const who = user === "" ? "" : `${encodeURIComponent(user)}@`;
  return `${kind}://${who}${host.trim()}${port === "" ? "" : `:${port}`}/${inPath}${query}`;
}

/** Undefined for an address that this form cannot show. */
export function draftOf(address: string): AddressDraft | undefined {
  const [scheme = "", rest = ""] = split(address, "://");
  const kind = kindWords(scheme)?.kind;
  // Browsers read the parts of an address that they do not know in their own ways.
  if (kind === undefined || !URL.canParse(`http://x${rest}`)) return undefined;
  const [before, query = ""] = split(rest, "?");
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const [place = "", path = ""] = split(before ?? "", "/");
  const decoded = path.split("/").map(decodeURIComponent).join("/");
  if (kind === "dms-files+file") return { ...emptyDraft, kind, path: `/${decoded}`, parameters };
  const at = place.lastIndexOf("@");
  const server = place.slice(at + 1);
  const [, host = server, port = ""] = /^(.*?)(?::(\d+))?$/.exec(server) ?? [];
  return { kind, host, port, user: at < 0 ? "" : decodeURIComponent(place.slice(0, at)), path: decoded, parameters };
}

function split(text: string, at: string): readonly [string?, string?] {
  const place = text.indexOf(at);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + at.length)];
}
