/**
 * The console as files: its page at each of its addresses, and the assets that the page loads. It shows only what the
 * API answers, so everybody may load it.
 * Invariant: a request never chooses a path of the file system; only files that the build made are answered with.
 */
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formatJson } from "../../base/json.ts";
import { sessionToken } from "./authentication.ts";
import { unbuiltPage } from "./unbuilt-page.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether a route answers also people who are not signed in. */
    isOpen?: boolean;
  }
}

export function addConsole(server: FastifyInstance): void {
  const config = { isOpen: true };
  const load = once(readConsole);
  for (const path of pages)
    server.get(path, { config }, async (request, reply) => sendConsolePage({ request, reply }, await load()));
  server.get("/assets/*", { config }, async (request, reply) => sendAsset({ request, reply }, await load()));
}

/** Addresses below these are decided by the console itself. */
const sections = ["catalog", "worksheet", "sharing", "access", "people", "sources", "audit", "settings"];

const pages = ["/", "/sign-in", ...sections.flatMap(withAllBelow)];

function withAllBelow(name: string): readonly string[] {
  return [`/${name}`, `/${name}/*`];
}

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface BuiltFile {
  readonly type: string;
  readonly tag: string;
  readonly plain: Buffer;
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

type BuiltConsole = ReadonlyMap<string, BuiltFile>;

/**
 * Only our own files, and calls of our own API. No script stands in the page itself. The editor of SQL writes its rules
 * into a style element, which the nonce lets it do and nothing else.
 */
function policyWith(nonce: string): string {
  const own = ["script", "font", "img", "connect", "worker", "manifest"].map((kind) => `${kind}-src 'self'`);
  const style = `style-src 'self' 'nonce-${nonce}'`;
  return ["default-src 'none'", ...own, style, "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"].join(
    "; ",
  );
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

function sendConsolePage({ request, reply }: Asked, built: BuiltConsole): FastifyReply {
  const nonce = randomBytes(16).toString("base64url");
  reply.header("content-security-policy", policyWith(nonce)).type("text/html; charset=utf-8");
  const page = built.get("index.html")?.plain.toString();
  if (page === undefined) return reply.send(unbuiltPage);
  // Spares somebody without a session a question that the server can only refuse.
  const session = sessionToken(request) === undefined ? ' data-session="none"' : "";
  return reply.send(page.replace("<html", `<html data-nonce="${nonce}"${session}`));
}

/** The name of an asset changes with its content, so a browser keeps it for as long as it wants. */
async function sendAsset({ request, reply }: Asked, built: BuiltConsole): Promise<FastifyReply> {
  const file = built.get(request.url.slice(1).split("?")[0] ?? "");
  if (file === undefined)
    return reply
      .code(404)
      .type("application/json")
      .send(formatJson({ error: { message: "there is no such asset" } }));
  reply.header("cache-control", "public, max-age=31536000, immutable").header("etag", file.tag);
  if (request.headers["if-none-match"] === file.tag) return reply.code(304).send();
  return sendFile({ request, reply }, file);
}

function sendFile({ request, reply }: Asked, file: BuiltFile): FastifyReply {
  const accepted = request.headers["accept-encoding"] ?? "";
  const [encoding, body] =
    file.br !== undefined && /\bbr\b/.test(accepted)
      ? (["br", file.br] as const)
      : file.gzip !== undefined && /\bgzip\b/.test(accepted)
        ? (["gzip", file.gzip] as const)
        : ([undefined, file.plain] as const);
  if (encoding !== undefined) reply.header("content-encoding", encoding);
  return reply.type(file.type).header("vary", "accept-encoding").send(body);
}

/** In a checkout the launcher builds the console beside the sources; a package has it in dist/. */
function directory(): string {
  const root = join(import.meta.dirname, "../../..");
  return join(root, import.meta.filename.endsWith(".ts") ? ".cache" : "dist", "console");
}

/** Empty if nobody has built it, as in most tests. */
async function readConsole(): Promise<BuiltConsole> {
  const at = directory();
  const entries = await readdir(at, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = new Map<string, Buffer>();
  for (const path of paths) contents.set(relative(at, path).replaceAll("\\", "/"), await readFile(path));
  const files = [...contents].filter(([name]) => types[extname(name)] !== undefined);
  return new Map(files.map(([name, plain]) => [name, builtFile(contents, name, plain)]));
}

function builtFile(contents: ReadonlyMap<string, Buffer>, name: string, plain: Buffer): BuiltFile {
  return {
    type: types[extname(name)] ?? "application/octet-stream",
    tag: `"${createHash("sha256").update(plain).digest("base64url")}"`,
    plain,
    br: contents.get(`${name}.br`),
    gzip: contents.get(`${name}.gz`),
  };
}

/** A console that was not there the first time is looked for again. */
function once(read: () => Promise<BuiltConsole>): () => Promise<BuiltConsole> {
  let found: BuiltConsole | undefined;
  return async () => {
    if (found === undefined || found.size === 0) found = await read();
    return found;
  };
}
