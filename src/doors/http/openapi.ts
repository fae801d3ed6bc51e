/** The HTTP API described for programs (OpenAPI 3.1), made of the operations themselves, and the same as a page to read. */
import { z } from "zod";
import type { Operation } from "../../operations/operation.ts";

type AnyOperation = Operation<never, unknown>;

interface ApiDocument {
  readonly openapi: "3.1.0";
  readonly info: object;
  readonly paths: Readonly<Record<string, object>>;
  readonly components: object;
  readonly security: readonly object[];
}

const failure = { $ref: "#/components/responses/failure" };

export function openApiDocument(operations: readonly AnyOperation[], version: string): ApiDocument {
  return {
    openapi: "3.1.0",
    info: {
      title: "Headgate",
      version,
      description: "Each operation answers with one JSON document a line, as it goes.",
    },
    security: [{ bearer: [] }],
    paths: {
      "/health": {
        get: { summary: "Whether the process answers", security: [], responses: { 200: { description: "it does" } } },
      },
      "/ready": {
        get: {
          summary: "Whether work can be done",
          responses: { 200: { description: "it can" }, 401: failure, 503: failure },
        },
      },
      "/metrics": {
        get: { summary: "For Prometheus", responses: { 200: { description: "its text format" }, 401: failure } },
      },
      ...Object.fromEntries(operations.map((operation) => [pathOf(operation), { post: described(operation) }])),
    },
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: { Error: errorSchema, Line: lineSchema },
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

function described(operation: AnyOperation): object {
  return {
    operationId: operation.name,
    summary: operation.summary,
    requestBody: {
      required: true,
      content: { "application/json": { schema: z.toJSONSchema(operation.input, { io: "input" }) } },
    },
    responses: {
      200: {
        description: "progress, items of a large result, and last the result or the error",
        content: { "application/x-ndjson": { schema: { $ref: "#/components/schemas/Line" } } },
      },
      400: failure,
      401: failure,
      413: failure,
      415: failure,
    },
  };
}

const errorSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "remedy"],
      properties: {
        code: { type: "string", description: "docs/reference/errors.md lists them" },
        message: { type: "string" },
        place: { type: "string" },
        remedy: { type: "string" },
      },
    },
  },
};

const lineSchema = {
  oneOf: [
    { type: "object", required: ["progress"], properties: { progress: { type: "object" } } },
    { type: "object", required: ["item"], properties: { item: {} } },
    { type: "object", required: ["result"], properties: { result: {} } },
    errorSchema,
  ],
};

/** For people: what can be asked, and with what. */
export function apiPage(operations: readonly AnyOperation[]): string {
  const sections = operations.map(
    (
      operation,
    ) => `<section id="${operation.name}"><h2>${escape(operation.name)}</h2><p>${escape(operation.summary)}</p>
<p><code>POST ${pathOf(operation)}</code></p><table>${inputRows(operation)}</table></section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headgate API</title><style>
:root { color-scheme: light dark; } body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 0; } p { margin: .25rem 0; } code { font: 13px ui-monospace, monospace; }
table { border-collapse: collapse; } td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
</style><h1>Headgate API</h1><p>Send the token as <code>authorization: Bearer …</code> and JSON as the body. An answer has one JSON
document a line: <code>{"progress"}</code>, <code>{"item"}</code>, and last <code>{"result"}</code> or <code>{"error"}</code>.
For programs: <a href="/api/openapi.json">openapi.json</a>.</p>${sections.join("\n")}</html>`;
}

interface InputSchema {
  readonly properties?: Readonly<Record<string, { type?: string; enum?: readonly string[]; default?: unknown }>>;
  readonly required?: readonly string[];
}

function inputRows({ input }: AnyOperation): string {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input" }) as InputSchema;
  return Object.entries(properties)
    .map(([name, { type, enum: choices, default: usual }]) => {
      const kind = choices?.join(" | ") ?? type ?? "";
      const presence = required.includes(name)
        ? "required"
        : usual === undefined
          ? ""
          : `usually ${JSON.stringify(usual)}`;
      return `<tr><td><code>${escape(name)}</code></td><td>${escape(kind)}</td><td>${escape(presence)}</td></tr>`;
    })
    .join("");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
