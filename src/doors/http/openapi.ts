/**
 * Describes the HTTP API for programs (OpenAPI 3.1), generated from the operations themselves, and as a page for
 * people.
 */
import { escapeHtml } from "../../base/escape-html.ts";
import { z } from "zod";
import { errorCodes, type ErrorCode } from "../../errors.ts";
import { roles } from "../../identity/principal.ts";
import { presentedError, progressEvent } from "../../operations/answers.ts";
import { usualErrors } from "../../operations/failures.ts";
import { answerSchema, inputSchema } from "../../operations/json-schema.ts";
import type { AnyOperation } from "../../operations/operation.ts";
import {
  actInput,
  codeInput,
  linkInput,
  ownPasswordInput,
  passwordAndCodeInput,
  passwordInput,
  signInInput,
} from "./sign-in-input.ts";

interface ApiDocument {
  readonly openapi: "3.1.0";
  readonly info: object;
  readonly paths: Readonly<Record<string, object>>;
  readonly components: object;
  readonly security: readonly object[];
}

const failure = { $ref: "#/components/responses/failure" };
const refusals = { 401: failure, 403: failure, 429: failure };

export function openApiDocument(operations: readonly AnyOperation[], version: string): ApiDocument {
  return {
    openapi: "3.1.0",
    info: {
      title: "Headgate",
      version,
      description:
        "An operation answers with one JSON document per line while it works. An error that comes before any other line, and within a second, has a status of its own; one that comes later is the last line.",
    },
    security: [{ key: [] }, { session: [] }],
    paths: {
      ...doorPaths,
      ...Object.fromEntries(operations.map((operation) => [pathOf(operation), { post: described(operation) }])),
    },
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "headgate_session" },
      },
      schemas: { Error: errorSchema, Progress: answerSchema(progressEvent), Me: meSchema, Caller: callerSchema },
      responses: {
        failure: {
          description: "refused",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
        },
      },
    },
  };
}

export function pathOf({ name }: AnyOperation): string {
  return `/api/operations/${name}`;
}

const json = (schema: object): object => ({ "application/json": { schema } });
const body = (schema: z.ZodType): object => ({
  required: true,
  content: json(inputSchema(schema)),
});
const me = { description: "the caller, with role", content: json({ $ref: "#/components/schemas/Me" }) };
const caller = { description: "the caller", content: json({ $ref: "#/components/schemas/Caller" }) };
const events = { description: "server-sent events: run, end, failed", content: { "text/event-stream": {} } };
const page = { description: "a page", content: { "text/html": {} } };

const providerName = {
  name: "provider",
  in: "path",
  required: true,
  schema: { type: "string", pattern: "^[a-z0-9._-]+$" },
};
/** Errors are pages, too, except for a name that no provider can have. */
const ways = {
  200: page,
  303: { description: "on to another page" },
  401: {
    description: "a page that says why, or UNAUTHENTICATED for a name that no provider can have",
    content: { ...page.content, "application/json": {} },
  },
  403: page,
  404: page,
  429: failure,
  502: page,
};
const ownRefusals = { 400: failure, 404: failure, 413: failure, 415: failure, ...refusals };

/** Paths that the door itself offers besides the operations. */
const doorPaths = {
  "/health": {
    get: {
      summary: "Tell whether the process answers",
      security: [],
      responses: { 200: { description: "the process answers" }, 429: failure },
    },
  },
  "/ready": {
    get: {
      summary: "Tell whether the server can do work",
      responses: { 200: { description: "the server can do work" }, ...refusals, 503: failure },
    },
  },
  "/metrics": {
    get: {
      summary: "The metrics for Prometheus",
      responses: { 200: { description: "the text format of Prometheus" }, ...refusals },
    },
  },
  "/": {
    get: {
      summary: "The console, which is a page of its own at each of its addresses",
      security: [],
      responses: { 200: page, 429: failure },
    },
  },
  "/sign-in": {
    get: { summary: "The console's page for signing in", security: [], responses: { 200: page, 429: failure } },
  },
  "/api/docs": { get: { summary: "The description of the API, as a page", responses: { 200: page, ...refusals } } },
  "/api/sign-in": {
    post: {
      summary: "Begin a session",
      security: [],
      requestBody: body(signInInput),
      responses: { 200: me, 400: failure, 404: failure, 413: failure, 415: failure, ...refusals },
    },
  },
  "/api/password": {
    post: {
      summary: "Choose a new password; all sessions of the caller end, and a new one begins",
      requestBody: body(passwordInput),
      responses: { 200: me, 400: failure, 404: failure, 413: failure, 415: failure, ...refusals },
    },
  },
  "/api/sign-out": {
    post: {
      summary: "End the session",
      responses: { 200: { description: "done" }, 400: failure, 413: failure, 415: failure, ...refusals },
    },
  },
  "/sign-in/providers": {
    get: {
      summary: "The identity providers with which people may sign in, for the sign-in page",
      security: [],
      responses: { 200: { description: "names and titles" }, 429: failure },
    },
  },
  "/sign-in/with/{provider}": {
    get: {
      summary: "Lead a browser to an identity provider",
      security: [],
      parameters: [providerName],
      responses: ways,
    },
  },
  "/sign-in/return/{provider}": {
    get: {
      summary: "Where an identity provider leads back to",
      security: [],
      parameters: [providerName],
      responses: ways,
    },
  },
  "/api/back-channel-logout/{provider}": {
    post: {
      summary: "For an identity provider that ends sessions by itself (OpenID Connect Back-Channel Logout 1.0)",
      security: [],
      parameters: [providerName],
      responses: { 200: { description: "done" }, 400: failure, 404: failure, 413: failure, 502: failure, ...refusals },
    },
  },
  "/api/identities": {
    post: {
      summary: "Link an identity of a provider with the caller: the answer says where to go on",
      requestBody: body(linkInput),
      responses: { 200: { description: "where to go on" }, 502: failure, ...ownRefusals },
    },
  },
  "/api/authenticator": {
    get: {
      summary: "Whether the caller has an authenticator",
      responses: { 200: { description: "it" }, ...ownRefusals },
    },
    post: {
      summary: "Begin to add an authenticator: the answer has its secret",
      requestBody: body(ownPasswordInput),
      responses: { 200: { description: "the secret" }, 409: failure, ...ownRefusals },
    },
  },
  "/api/authenticator/confirm": {
    post: {
      summary: "Confirm the authenticator with its first code: the answer has the recovery codes, this one time",
      requestBody: body(codeInput),
      responses: { 200: { description: "the recovery codes" }, ...ownRefusals },
    },
  },
  "/api/authenticator/remove": {
    post: {
      summary: "Remove the caller's authenticator",
      requestBody: body(passwordAndCodeInput),
      responses: { 200: { description: "done" }, ...ownRefusals },
    },
  },
  "/api/act": {
    post: {
      summary: "Choose the account in which the session acts, or a role as which it acts",
      requestBody: body(actInput),
      responses: { 200: caller, 400: failure, 404: failure, 413: failure, 415: failure, ...refusals },
    },
  },
  "/api/me": {
    get: { summary: "The caller, and what they can choose with /api/act", responses: { 200: caller, ...refusals } },
  },
  "/api/events": { get: { summary: "The progress of all runs", responses: { 200: events, ...refusals } } },
  "/api/runs/{run}/events": {
    get: {
      summary: "The progress of one run until its end",
      parameters: [{ name: "run", in: "path", required: true, schema: { type: "string" } }],
      responses: { 200: events, ...refusals },
    },
  },
};

function described({ name, summary, input, output, item, errors }: AnyOperation): object {
  return {
    operationId: name,
    summary,
    requestBody: body(input),
    responses: {
      200: {
        description:
          "one JSON document a line: progress, items of a large result, and last the result, or the error that ended the work after this status was sent",
        content: { "application/x-ndjson": { schema: lineSchema(output, item) } },
      },
      ...failures([...usualErrors, ...errors]),
      413: failure,
      415: failure,
    },
  };
}

/** Responses by status, with the error codes that each status stands for. */
function failures(codes: readonly ErrorCode[]): Readonly<Record<string, object>> {
  const byStatus = Map.groupBy(new Set(codes), (code) => errorCodes[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      { description: some.join(", "), content: json({ $ref: "#/components/schemas/Error" }) },
    ]),
  );
}

const errorSchema = answerSchema(z.strictObject({ error: presentedError.omit({ quoted: true }) }));

const meSchema = {
  type: "object",
  required: ["kind", "name", "role", "mustChangePassword"],
  properties: {
    kind: { enum: ["user", "service", "role", "local"] },
    name: { type: "string" },
    role: { enum: roles },
    mustChangePassword: { type: "boolean" },
    lacksAuthenticator: { type: "boolean", description: "True: they must add an authenticator before anything else." },
    behind: { type: "string", description: "The user or the key that has assumed the role." },
  },
};

const names = { type: "array", items: { type: "string" } };
const callerSchema = {
  type: "object",
  required: [...meSchema.required, "account", "accounts", "assumable"],
  properties: {
    ...meSchema.properties,
    account: { type: ["string", "null"], description: "The account that they act in." },
    accounts: { ...names, description: "All accounts that they may act in." },
    assumable: { ...names, description: "The roles that they may assume." },
  },
};

function lineSchema(output: z.ZodType, item: z.ZodType | undefined): object {
  const line = (name: string, schema: object): object => ({
    type: "object",
    required: [name],
    properties: { [name]: schema },
    additionalProperties: false,
  });
  return {
    oneOf: [
      line("progress", { $ref: "#/components/schemas/Progress" }),
      ...(item === undefined ? [] : [line("item", answerSchema(item))]),
      line("result", answerSchema(output)),
      { $ref: "#/components/schemas/Error" },
    ],
  };
}

/** For people: which operations there are, and their input. */
export function apiPage(operations: readonly AnyOperation[]): string {
  const sections = operations.map(
    (
      operation,
    ) => `<section id="${operation.name}"><h2>${escapeHtml(operation.name)}</h2><p>${escapeHtml(operation.summary)}</p>
<p><code>POST ${pathOf(operation)}</code></p><table>${inputRows(operation)}</table></section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headgate API</title><style>
:root { color-scheme: light dark; } body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 0; } p { margin: .25rem 0; } code { font: 13px ui-monospace, monospace; }
table { border-collapse: collapse; } td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
</style><h1>Headgate API</h1><p>Send an API key as <code>authorization: Bearer …</code> and JSON as the body. An answer has one JSON
document a line: <code>{"progress"}</code>, <code>{"item"}</code>, and last <code>{"result"}</code> or <code>{"error"}</code>.
For programs: <a href="/api/openapi.json">openapi.json</a>.</p>${sections.join("\n")}</html>`;
}

interface InputSchema {
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

interface PropertySchema {
  /** Several, as in `["string", "null"]`, if a value may have any of them. */
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

function inputRows({ input }: AnyOperation): string {
  const { properties = {}, required = [] } = inputSchema(input) as InputSchema;
  return Object.entries(properties)
    .map(([name, { type, enum: choices, default: usual }]) => {
      const kind = (choices ?? [type ?? ""].flat()).join(" | ");
      const presence = required.includes(name)
        ? "required"
        : usual === undefined
          ? ""
          : `usually ${JSON.stringify(usual)}`;
      return `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(kind)}</td><td>${escapeHtml(presence)}</td></tr>`;
    })
    .join("");
}
