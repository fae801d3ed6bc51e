/**
 * Every setting once: its environment variable, its flag, its default and what it means. The only module that reads
 * `process.env`. docs/reference/settings.md and `headgate help` are generated from `settings`.
 */
import { availableParallelism, homedir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HeadgateError } from "./errors.ts";
import type { S3Encryption, S3Settings } from "./objects/s3/s3-client.ts";

export interface Setting {
  readonly env: string;
  /** Without the dashes. */
  readonly flag: string;
  /** As shown to people; the value itself is computed in `resolveConfig`. */
  readonly fallback: string;
  readonly description: string;
}

export const settings = {
  data: {
    env: "HEADGATE_DATA",
    flag: "data",
    fallback: ".headgate",
    description: "Directory for everything that this Headgate stores: metadata database, lake, key file, scratch files",
  },
  server: {
    env: "HEADGATE_SERVER",
    flag: "server",
    fallback: "none: the data directory",
    description:
      "Address of a Headgate at which commands work as you (`headgate sign-in`), or as the API key in HEADGATE_KEY. https:// or, on this machine, http://",
  },
  lake: {
    env: "HEADGATE_LAKE",
    flag: "lake",
    fallback: "<data>/lake",
    description: "Where the files of tables are stored: a directory, a file:// location, or s3://bucket/prefix",
  },
  s3Endpoint: {
    env: "HEADGATE_S3_ENDPOINT",
    flag: "s3-endpoint",
    fallback: "AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or AWS's own",
    description: "http(s)://host:port of an S3-compatible store. Credentials come from AWS's usual places",
  },
  s3Region: {
    env: "HEADGATE_S3_REGION",
    flag: "s3-region",
    fallback: "AWS_REGION, or the profile's; us-east-1 with an endpoint",
    description: "Region of the lake's bucket",
  },
  s3PathStyle: {
    env: "HEADGATE_S3_PATH_STYLE",
    flag: "s3-path-style",
    fallback: "yes with an endpoint",
    description: "yes: endpoint/bucket/key; no: bucket.endpoint/key",
  },
  s3Encryption: {
    env: "HEADGATE_S3_ENCRYPTION",
    flag: "s3-encryption",
    fallback: "the bucket's own",
    description: "The encryption that every object must have: sse-s3, sse-kms, or sse-kms:<key id>",
  },
  cacheSize: {
    env: "HEADGATE_CACHE_SIZE",
    flag: "cache-size",
    fallback: "10240",
    description:
      "Size in MB of the local copies of S3 files in <data>/cache; the translated copies of Avro files, in the scratch directory, may take as much again",
  },
  tableRoots: {
    env: "HEADGATE_TABLE_ROOTS",
    flag: "table-roots",
    fallback: "none",
    description:
      "Directories and s3:// locations, separated by commas, below which `headgate table register` and `headgate import` may read tables and files of others; directories of DMS files must be below them too",
  },
  databaseUrl: {
    env: "HEADGATE_DATABASE_URL",
    flag: "database-url",
    fallback: "the embedded PostgreSQL in <data>/postgres",
    description: "postgres:// address of the metadata database, if it is not the embedded one",
  },
  keyFile: {
    env: "HEADGATE_KEY_FILE",
    flag: "key-file",
    fallback: "<data>/secret.key",
    description:
      "File with the key that encrypts the passwords of sources; it is created on first use and never stored in the database",
  },
  scratch: {
    env: "HEADGATE_SCRATCH",
    flag: "scratch",
    fallback: "<data>/scratch",
    description:
      "Directory for temporary files of loads and queries. It is emptied at every start, so it must be empty or not exist yet when you first name it",
  },
  host: {
    env: "HEADGATE_HOST",
    flag: "host",
    fallback: "127.0.0.1",
    description: "Address on which `headgate up` listens",
  },
  port: {
    env: "HEADGATE_PORT",
    flag: "port",
    fallback: "7420",
    description: "Port on which `headgate up` listens",
  },
  tlsCertificate: {
    env: "HEADGATE_TLS_CERTIFICATE",
    flag: "tls-certificate",
    fallback: "none: plain HTTP",
    description: "PEM file with the certificate for HTTPS, followed by the certificates between it and its root",
  },
  tlsKey: {
    env: "HEADGATE_TLS_KEY",
    flag: "tls-key",
    fallback: "none",
    description: "PEM file with the certificate's private key",
  },
  trustProxy: {
    env: "HEADGATE_TRUST_PROXY",
    flag: "trust-proxy",
    fallback: "no",
    description:
      "yes: a reverse proxy stands in front of `headgate up`, and its headers X-Forwarded-Proto, -Host and -For are trusted. Use it only if nobody can reach the port without the proxy",
  },
  rateLimit: {
    env: "HEADGATE_RATE_LIMIT",
    flag: "rate-limit",
    fallback: "1200",
    description: "Requests per minute that `headgate up` accepts from one address",
  },
  alertWebhook: {
    env: "HEADGATE_ALERT_WEBHOOK",
    flag: "alert-webhook",
    fallback: "none",
    description:
      "Address that receives a JSON document when tables are older than their freshness allows (`table set --freshness`)",
  },
  alertEmail: {
    env: "HEADGATE_ALERT_EMAIL",
    flag: "alert-email",
    fallback: "none",
    description:
      "E-mail addresses, separated by commas, that receive a message when tables are older than their freshness allows",
  },
  alertFrom: {
    env: "HEADGATE_ALERT_FROM",
    flag: "alert-from",
    fallback: "headgate@localhost",
    description: "Sender address of these messages",
  },
  smtp: {
    env: "HEADGATE_SMTP",
    flag: "smtp",
    fallback: "smtp://localhost:25",
    description: "Mail server: smtp(s)://user:password@host:port",
  },
  publicUrl: {
    env: "HEADGATE_PUBLIC_URL",
    flag: "public-url",
    fallback: "none",
    description:
      "Address at which people open this server in their browsers. Mails about requests lead there, and none are sent without it",
  },
  engineMemory: {
    env: "HEADGATE_ENGINE_MEMORY",
    flag: "engine-memory",
    fallback: "192",
    description: "Memory in MB that one engine process uses before it writes temporary files to the scratch directory",
  },
  engineSpill: {
    env: "HEADGATE_ENGINE_SPILL",
    flag: "engine-spill",
    fallback: "20480",
    description: "Disk space in MB that one statement of a person may use in the scratch directory",
  },
  engineThreads: {
    env: "HEADGATE_ENGINE_THREADS",
    flag: "engine-threads",
    fallback: "the number of processors",
    description: "Threads of one engine process",
  },
  engines: {
    env: "HEADGATE_ENGINES",
    flag: "engines",
    fallback: "8",
    description:
      "Number of statements of people that run at a time, each in a process of its own. One person may have up to half of them; the other half is for people who have none running. Everybody else waits in turn",
  },
  statementTimeout: {
    env: "HEADGATE_STATEMENT_TIMEOUT",
    flag: "statement-timeout",
    fallback: "1800",
    description: "Seconds that a statement may work before it is ended",
  },
  readers: {
    env: "HEADGATE_READERS",
    flag: "readers",
    fallback: "2",
    description: "Number of parallel readers of a source in a run, if the source can share a snapshot among them",
  },
  splitSize: {
    env: "HEADGATE_SPLIT_SIZE",
    flag: "split-size",
    fallback: "256",
    description:
      "Size in MB of the parts into which the first load of a large table is split; a part that was not complete at a crash is read again",
  },
  compareAfter: {
    env: "HEADGATE_COMPARE_AFTER",
    flag: "compare-after",
    fallback: "24",
    description:
      "Hours for which the log of a MariaDB or MySQL source may prove that a table is unchanged before its rows are compared again: a session can leave its changes out of the log. With 0, every sync compares them",
  },
  smallFile: {
    env: "HEADGATE_SMALL_FILE",
    flag: "small-file",
    fallback: "512",
    description: "Data file size, in KB, up to which a change rewrites the file instead of marking its rows as deleted",
  },
  runHistoryDays: {
    env: "HEADGATE_RUN_HISTORY_DAYS",
    flag: "run-history-days",
    fallback: "90",
    description:
      "Days for which maintenance keeps the history of ended runs, and of commits whose states have all been removed",
  },
  auditKeepMonths: {
    env: "HEADGATE_AUDIT_KEEP_MONTHS",
    flag: "audit-keep-months",
    fallback: "forever",
    description:
      "Full months for which the audit log is kept, in addition to the present one; maintenance removes older months as a whole",
  },
  crashAt: {
    env: "HEADGATE_CRASH_AT",
    flag: "crash-at",
    fallback: "nowhere",
    description: "For tests: the crash point (src/writer/crash-points.ts) at which the process kills itself",
  },
  checkAnswers: {
    env: "HEADGATE_CHECK_ANSWERS",
    flag: "check-answers",
    fallback: "no",
    description: "For tests. yes: an answer that does not fit its description in the API fails as INTERNAL",
  },
  log: {
    env: "HEADGATE_LOG",
    flag: "log",
    fallback: "info",
    description:
      "What `headgate up` and `headgate worker` write to stderr (as JSON lines with --json). error: failures; info: also starts, sign-ins, runs, commits, refusals and retries; debug: also every request. With debug, every command also prints the causes of errors and their place in the code",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Flags = Partial<Record<SettingName, string>>;

const lakeSettings = ["lake", "s3Endpoint", "s3Region", "s3PathStyle", "s3Encryption"] as const;

/** The setting or file that determines where the lake is. */
export type LakeFlags = Partial<Record<(typeof lakeSettings)[number], string>>;

const logLevels = ["error", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Every setting with its type, defaults applied, paths absolute. */
export interface Config {
  readonly dataDirectory: string;
  /** `file:///…` or `s3://…` without a trailing slash. */
  readonly lakeLocation: string;
  readonly s3: S3Settings;
  readonly server: ServerConfig | undefined;
  /** The lake's settings from flags and environment. */
  readonly lakeGiven: LakeFlags;
  readonly cacheBytes: number;
  /** `file:///…`, not encoded, or `s3://…`, without a trailing slash. */
  readonly tableRoots: readonly string[];
  readonly databaseUrl: string | undefined;
  readonly keyFile: string;
  readonly scratchDirectory: string;
  readonly host: string;
  readonly port: number;
  /** Paths of PEM files. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly trustsProxy: boolean;
  readonly requestsPerMinute: number;
  readonly alerts: {
    readonly webhook: string | undefined;
    readonly email: { readonly server: string; readonly from: string; readonly to: readonly string[] } | undefined;
  };
  /** Mails about share requests; undefined if none are sent. */
  readonly requestMail: { readonly server: string; readonly from: string; readonly publicUrl: string } | undefined;
  readonly engineMemoryMb: number;
  readonly engineSpillMb: number;
  readonly engineThreads: number;
  readonly engines: number;
  readonly statementTimeoutSeconds: number;
  readonly readers: number;
  readonly splitBytes: number;
  readonly compareAfterHours: number;
  readonly smallFileBytes: number;
  readonly runHistoryDays: number;
  /** Undefined: forever. */
  readonly auditKeepMonths: number | undefined;
  readonly crashAt: string | undefined;
  readonly checksAnswers: boolean;
  readonly log: LogLevel;
}

/** Where commands go in place of the data directory, and who they are there. */
export interface ServerConfig {
  /** `https://host:port`, without a path. */
  readonly origin: string;
  /** An API key from the environment, which comes before a session. */
  readonly key: string | undefined;
  /** The file of the sessions that `headgate sign-in` keeps. */
  readonly signIns: string;
}

/** Applies flags over environment over defaults. Throws SETTING_INVALID naming the setting. */
export function resolveConfig(flags: Flags = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const given = (name: SettingName): string | undefined => flags[name] ?? (env[settings[name].env] || undefined);
  const dataDirectory = resolve(given("data") ?? settings.data.fallback);
  const inData = (name: SettingName, file: string): string => resolve(given(name) ?? `${dataDirectory}/${file}`);
  return {
    dataDirectory,
    server: serverConfig(flags, env),
    lakeGiven: lakeFlags(given),
    ...lakeConfig({ dataDirectory, flags: lakeFlags(given) }, env),
    cacheBytes:
      wholeNumber("cacheSize", given("cacheSize"), { least: 1, most: 100_000_000, fallback: 10_240 }) * 1024 * 1024,
    tableRoots: tableRoots(given("tableRoots")),
    databaseUrl: given("databaseUrl"),
    keyFile: inData("keyFile", "secret.key"),
    scratchDirectory: inData("scratch", "scratch"),
    host: given("host") ?? settings.host.fallback,
    port: wholeNumber("port", given("port"), { least: 0, most: 65_535, fallback: 7420 }),
    tls: tlsFiles(given("tlsCertificate"), given("tlsKey")),
    trustsProxy: yesOrNo("trustProxy", given("trustProxy"), false),
    requestsPerMinute: wholeNumber("rateLimit", given("rateLimit"), { least: 1, most: 100_000_000, fallback: 1_200 }),
    alerts: {
      webhook: address("alertWebhook", given("alertWebhook"), ["http:", "https:"]),
      email: email(given),
    },
    requestMail: requestMail(given),
    engineMemoryMb: wholeNumber("engineMemory", given("engineMemory"), { least: 64, most: 1_000_000, fallback: 192 }),
    engineSpillMb: wholeNumber("engineSpill", given("engineSpill"), {
      least: 1,
      most: 1_000_000_000,
      fallback: 20_480,
    }),
    engineThreads: wholeNumber("engineThreads", given("engineThreads"), {
      least: 1,
      most: 256,
      fallback: availableParallelism(),
    }),
    engines: wholeNumber("engines", given("engines"), { least: 1, most: 1_000, fallback: 8 }),
    statementTimeoutSeconds: wholeNumber("statementTimeout", given("statementTimeout"), {
      least: 1,
      most: 1_000_000,
      fallback: 1_800,
    }),
    readers: wholeNumber("readers", given("readers"), { least: 1, most: 64, fallback: 2 }),
    splitBytes: wholeNumber("splitSize", given("splitSize"), { least: 1, most: 100_000, fallback: 256 }) * 1024 * 1024,
    compareAfterHours: wholeNumber("compareAfter", given("compareAfter"), { least: 0, most: 100_000, fallback: 24 }),
    smallFileBytes: wholeNumber("smallFile", given("smallFile"), { least: 0, most: 1_000_000, fallback: 512 }) * 1024,
    runHistoryDays: wholeNumber("runHistoryDays", given("runHistoryDays"), { least: 1, most: 36_500, fallback: 90 }),
    auditKeepMonths: monthsOrForever(given("auditKeepMonths")),
    crashAt: given("crashAt"),
    checksAnswers: yesOrNo("checkAnswers", given("checkAnswers"), false),
    log: logLevel(given("log") ?? settings.log.fallback),
  };
}

/** The configuration with the lake where it was declared to be; flags and environment go before that. Throws SETTING_INVALID. */
export function withLake(config: Config, declared: LakeFlags, env: NodeJS.ProcessEnv = process.env): Config {
  const flags = { ...declared, ...config.lakeGiven };
  return { ...config, ...lakeConfig({ dataDirectory: config.dataDirectory, flags }, env) };
}

function lakeFlags(given: (name: SettingName) => string | undefined): LakeFlags {
  const found = lakeSettings.map((name) => [name, given(name)] as const);
  return Object.fromEntries(found.filter(([, text]) => text !== undefined));
}

function lakeConfig(
  { dataDirectory, flags }: { dataDirectory: string; flags: LakeFlags },
  env: NodeJS.ProcessEnv,
): Pick<Config, "lakeLocation" | "s3"> {
  return {
    lakeLocation: lakeLocation(flags.lake ?? `${dataDirectory}/lake`),
    s3: s3Settings((name) => flags[name], env),
  };
}

/** For what must be decided before, or without, a valid configuration. */
export function isDebugging(env: NodeJS.ProcessEnv = process.env): boolean {
  return env[settings.log.env] === "debug";
}

/**
 * The value of an environment variable that a person names on the command line (`--password-env NAME`) or in a file;
 * `place` is where they name it.
 * Throws USAGE when it is not set.
 */
export function namedVariable(name: string, place: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name];
  if (value === undefined)
    throw new HeadgateError("USAGE", {
      place,
      message: `the environment variable ${name} is not set`,
      remedy: `write \`export ${name}=…\` first, in the shell or service that runs Headgate`,
    });
  return value;
}

/** Canonical, without a trailing slash. Throws SETTING_INVALID. */
export function lakeLocation(given: string): string {
  if (given.startsWith("file://")) return given.replace(/\/+$/, "");
  if (given.startsWith("s3://")) return s3Location(given.replace(/\/+$/, ""));
  if (/^[a-z0-9]+:\/\//i.test(given))
    throw invalid("lake", `there is no store for ${given.split(":")[0]}://; use s3://bucket/prefix or a directory`);
  return pathToFileURL(resolve(given)).href.replace(/\/+$/, "");
}

function tableRoots(given: string | undefined): readonly string[] {
  const roots = (given ?? "")
    .split(",")
    .map((root) => root.trim().replace(/\/+$/, ""))
    .filter((root) => root !== "");
  return roots.map((root) =>
    root.startsWith("s3://") ? s3Location(root, "tableRoots") : `file://${resolve(root.replace(/^file:\/\//, ""))}`,
  );
}

function s3Location(given: string, name: SettingName = "lake"): string {
  if (/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^/?#]+)*$/.test(given)) return given;
  throw invalid(name, `expected s3://bucket or s3://bucket/prefix, got "${given}"`);
}

function s3Settings(given: (name: keyof LakeFlags) => string | undefined, env: NodeJS.ProcessEnv): S3Settings {
  const endpoint = s3Endpoint(given("s3Endpoint") ?? (env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]));
  const isOwn = endpoint !== undefined;
  const region = given("s3Region") ?? (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || undefined);
  return {
    endpoint,
    region: region ?? (isOwn ? "us-east-1" : undefined),
    pathStyle: yesOrNo("s3PathStyle", given("s3PathStyle"), isOwn),
    encryption: s3Encryption(given("s3Encryption")),
  };
}

export function s3Endpoint(given: string | undefined): string | undefined {
  if (given === undefined || given === "") return undefined;
  if (/^https?:\/\/[^/]+\/?$/.test(given) && URL.canParse(given)) return given;
  throw invalid("s3Endpoint", `expected http(s)://host:port, got "${given}"`);
}

/** A data directory that is named on the command line comes before a server in the environment. */
function serverConfig({ server, data }: Flags, env: NodeJS.ProcessEnv): ServerConfig | undefined {
  if (server !== undefined && data !== undefined)
    throw invalid("server", "a command works at a server or in a data directory; leave --server or --data out");
  const given = server ?? (data === undefined ? env[settings.server.env] : undefined);
  if (given === undefined || given === "") return undefined;
  const home = env["XDG_CONFIG_HOME"] || join(homedir(), ".config");
  return {
    origin: serverOrigin(given),
    key: env["HEADGATE_KEY"] || undefined,
    signIns: join(home, "headgate", "sign-ins.json"),
  };
}

/** Passwords and keys go there, so a network in between must not read them. */
function serverOrigin(given: string): string {
  const { protocol, hostname, origin, pathname } = URL.canParse(given) ? new URL(given) : new URL("none:/");
  if (!["http:", "https:"].includes(protocol) || pathname !== "/")
    throw invalid("server", `expected https://host:port, got "${given}"`);
  if (protocol === "http:" && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname))
    throw invalid("server", `http:// shows passwords to the network between here and ${hostname}; use https://`);
  return origin;
}

function s3Encryption(given: string | undefined): S3Encryption | undefined {
  if (given === undefined) return undefined;
  if (given === "sse-s3") return { kind: "AES256", keyId: undefined };
  const [, keyId] = /^sse-kms(?::(.+))?$/.exec(given) ?? [];
  if (given.startsWith("sse-kms") && (keyId !== undefined || given === "sse-kms")) return { kind: "aws:kms", keyId };
  throw invalid("s3Encryption", `expected sse-s3, sse-kms or sse-kms:<key id>, got "${given}"`);
}

function email(given: (name: SettingName) => string | undefined): Config["alerts"]["email"] {
  const to = given("alertEmail")
    ?.split(",")
    .map((text) => text.trim());
  if (to === undefined) return undefined;
  const wrong = to.find((text) => !/^[^\s@]+@[^\s@]+$/.test(text));
  if (wrong !== undefined) throw invalid("alertEmail", `"${wrong}" is not an e-mail address`);
  return { ...mailServer(given), to };
}

function mailServer(given: (name: SettingName) => string | undefined): { server: string; from: string } {
  const server = address("smtp", given("smtp") ?? settings.smtp.fallback, ["smtp:", "smtps:"]) ?? "";
  return { server, from: given("alertFrom") ?? settings.alertFrom.fallback };
}

function requestMail(given: (name: SettingName) => string | undefined): Config["requestMail"] {
  const publicUrl = address("publicUrl", given("publicUrl"), ["http:", "https:"])?.replace(/\/+$/, "");
  return publicUrl === undefined ? undefined : { ...mailServer(given), publicUrl };
}

/** The value may hold a password, so it is not repeated. */
function address(name: SettingName, text: string | undefined, schemes: readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  if (URL.canParse(text) && schemes.includes(new URL(text).protocol)) return text;
  throw invalid(name, `expected an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`);
}

function tlsFiles(certificate: string | undefined, key: string | undefined): Config["tls"] {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate !== undefined && key !== undefined) return { certificate: resolve(certificate), key: resolve(key) };
  throw invalid(key === undefined ? "tlsKey" : "tlsCertificate", "a certificate and its key must be set together");
}

function yesOrNo(name: SettingName, text: string | undefined, fallback: boolean): boolean {
  if (text === undefined) return fallback;
  if (text === "yes" || text === "no") return text === "yes";
  throw invalid(name, `expected yes or no, got "${text}"`);
}

function wholeNumber(
  name: SettingName,
  text: string | undefined,
  range: { least: number; most: number; fallback: number },
): number {
  if (text === undefined) return range.fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= range.least && value <= range.most) return value;
  throw invalid(name, `expected a whole number from ${range.least} to ${range.most}, got "${text}"`);
}

function monthsOrForever(text: string | undefined): number | undefined {
  if (text === undefined || text === "forever") return undefined;
  return wholeNumber("auditKeepMonths", text, { least: 1, most: 1_200, fallback: 0 });
}

function logLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw invalid("log", `expected one of ${logLevels.join(", ")}, got "${text}"`);
  return level;
}

function invalid(name: SettingName, message: string): HeadgateError {
  const { env, flag } = settings[name];
  return new HeadgateError("SETTING_INVALID", { place: `--${flag} / ${env}`, message });
}
