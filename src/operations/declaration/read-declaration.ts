/** Parses the text of headgate.yaml into a declaration, or reports every mistake with line and column. Pure. */
import { isMap, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { closest } from "../../base/closest.ts";
import { declarationJsonSchema, declarationSchema, type Declaration } from "./declaration.ts";

interface Mistake {
  /** Where it begins in the text, in characters. */
  readonly offset: number;
  readonly message: string;
}

type Path = readonly PropertyKey[];

/** Where something stands in the file, for messages: `headgate.yaml:12:5`. */
export type PlaceOf = (path: Path) => string;

/** For a text that `readDeclaration` has read. */
export function placesIn(text: string, file: string): PlaceOf {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  return (path) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return `${file}:${line}:${col}`;
  };
}

/** Throws DECLARATION_INVALID with all mistakes. `file` is the name to use in messages. */
export function readDeclaration(text: string, file: string): Declaration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const refuse = (mistakes: readonly Mistake[]): never => {
    const told = mistakes.map(({ offset, message }) => ({ ...lines.linePos(offset), message }));
    const [first] = told;
    throw new HeadgateError("DECLARATION_INVALID", {
      place: `${file}:${first?.line}:${first?.col}`,
      message: told
        .map(({ line, col, message }) => (told.length === 1 ? message : `${line}:${col} ${message}`))
        .join("\n"),
    });
  };
  if (document.errors.length > 0) refuse(document.errors.map(({ pos, message }) => ({ offset: pos[0], message })));
  const parsed = declarationSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) return refuse(parsed.error.issues.flatMap((issue) => mistakesOf(document, issue)));
  const dangling = danglingNames(parsed.data);
  if (dangling.length > 0) refuse(dangling.map(({ path, message }) => ({ offset: offsetOf(document, path), message })));
  return parsed.data;
}

function mistakesOf(document: Document, issue: z.core.$ZodIssue): readonly Mistake[] {
  if (issue.code === "invalid_key") {
    const key = String(issue.path.at(-1));
    const why = issue.issues.map(({ message }) => message).join("; ");
    return [{ offset: keyOffset(document, issue.path.slice(0, -1), key), message: `${key}: ${why}` }];
  }
  if (issue.code === "invalid_type" && document.getIn(issue.path) === undefined) {
    const message = `${String(issue.path.at(-1))} is missing`;
    return [{ offset: offsetOf(document, issue.path), message }];
  }
  if (issue.code !== "unrecognized_keys") return [{ offset: offsetOf(document, issue.path), message: issue.message }];
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => {
    const meant = closest(key, known);
    const hint = meant === undefined ? `known here: ${known.join(", ")}` : `did you mean ${meant}?`;
    return { offset: keyOffset(document, issue.path, key), message: `unknown key ${key}; ${hint}` };
  });
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range !== undefined && node.range !== null) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: Path, key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(map)) return offsetOf(document, path);
  const pair = map.items.find((item) => String((item.key as { value?: unknown } | null)?.value) === key);
  return (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0] ?? offsetOf(document, path);
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
}

function knownKeys(path: Path): readonly string[] {
  let schema: JsonSchema | undefined = declarationJsonSchema();
  for (const step of path) {
    const others: JsonSchema["additionalProperties"] = schema?.additionalProperties;
    schema = schema?.properties?.[String(step)] ?? schema?.items ?? (others === false ? undefined : others);
  }
  return Object.keys(schema?.properties ?? {});
}

/** Names that refer to something that is not declared in the same file. */
function danglingNames({ calendars, schedules }: Declaration): readonly { path: Path; message: string }[] {
  return Object.entries(schedules).flatMap(([name, { calendar }]) => {
    if (calendar === undefined || calendars[calendar] !== undefined) return [];
    const meant = closest(calendar, Object.keys(calendars));
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    return [{ path: ["schedules", name, "calendar"], message: `there is no calendar ${calendar}${hint}` }];
  });
}
