/**
 * Reads the objects of a JSON file one at a time: one per line, one after the other, or in one array. UTF-8, or UTF-16
 * with a byte order mark.
 * Invariant: memory holds no more than the largest object.
 */
import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { must } from "../../base/must.ts";
import { HeadgateError } from "../../errors.ts";
import type { LocalFile } from "./found-file.ts";
import { JsonError, parseJsonText, type JsonObject } from "./json-value.ts";

export interface ObjectOnLine {
  readonly object: JsonObject;
  /** The line on which it begins, counted from 1. */
  readonly line: number;
}

const mostCharacters = 16 * 1024 * 1024;

/** In batches of as many as were read together. Throws IMPORT_FILE_INVALID with the line. */
export async function* jsonObjects(file: LocalFile): AsyncGenerator<readonly ObjectOnLine[]> {
  const state: Splitting = {
    file,
    text: "",
    at: 0,
    line: 1,
    start: undefined,
    depth: 0,
    isQuoted: false,
    array: "none",
  };
  for await (const piece of textOf(file)) {
    state.text += piece;
    yield split(state);
  }
  if (state.start !== undefined) throw invalid(file, state.start.line, "an object is not closed");
  if (state.array === "open") throw invalid(file, state.line, "the array is not closed");
}

interface Splitting {
  readonly file: LocalFile;
  /** Text that was read and not consumed yet. */
  text: string;
  at: number;
  line: number;
  start: { readonly at: number; readonly line: number } | undefined;
  depth: number;
  isQuoted: boolean;
  array: "none" | "open" | "closed";
}

/** The objects that are complete in the text so far; the rest of the text is kept for the next call. */
function split(state: Splitting): readonly ObjectOnLine[] {
  const { file, text } = state;
  const objects: ObjectOnLine[] = [];
  let { at, depth, isQuoted, line } = state;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === newline) line++;
    if (isQuoted) {
      if (code === quote) isQuoted = false;
      else if (code === backslash) at++;
    } else if (depth === 0) {
      if (begins(state, { code, line })) {
        state.start = { at, line };
        depth = 1;
      }
    } else if (code === quote) isQuoted = true;
    else if (code === openBrace || code === openBracket) depth++;
    else if ((code === closeBrace || code === closeBracket) && --depth === 0) {
      const start = must(state.start, "where the object begins");
      objects.push({ object: parsed(text.slice(start.at, at + 1), { file, line: start.line }), line: start.line });
      state.start = undefined;
    }
  }
  const from = state.start?.at ?? text.length;
  if (text.length - from > mostCharacters) throw invalid(file, line, "an object has more than 16 million characters");
  const start = state.start === undefined ? undefined : { ...state.start, at: 0 };
  Object.assign(state, { text: text.slice(from), at: at - from, depth, isQuoted, line, start });
  return objects;
}

const [newline, quote, backslash, openBrace, closeBrace, openBracket, closeBracket, comma] = [...'\n"\\{}[],'].map(
  (character) => character.charCodeAt(0),
) as [number, number, number, number, number, number, number, number];

/** Called between objects: whether one begins here. */
function begins(state: Splitting, { code, line }: { code: number; line: number }): boolean {
  if (code === openBrace && state.array !== "closed") return true;
  if (code === openBracket && state.array === "none") state.array = "open";
  else if (code === closeBracket && state.array === "open") state.array = "closed";
  else if (!isBetween(code)) {
    const message =
      "the file has values that are not objects; each row must be an object, on a line of its own or in one array";
    throw invalid(state.file, line, message);
  }
  return false;
}

function isBetween(code: number): boolean {
  return code === newline || code === comma || code === 0x20 || code === 0x0d || code === 0x09;
}

function parsed(text: string, { file, line }: { file: LocalFile; line: number }): JsonObject {
  try {
    const value = parseJsonText(text);
    if (value.kind === "object") return value;
  } catch (failure) {
    if (!(failure instanceof JsonError)) throw failure;
    throw invalid(file, line + text.slice(0, failure.offset).split("\n").length - 1, failure.message);
  }
  throw invalid(file, line, "an object was expected");
}

async function* textOf(file: LocalFile): AsyncGenerator<string> {
  const bytes = createReadStream(file.path, { highWaterMark: 256 * 1024 });
  const plain = file.isGzip ? bytes.pipe(createGunzip()) : bytes;
  bytes.once("error", (failure) => plain.destroy(failure));
  let decoder: TextDecoder | undefined;
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder?.decode() ?? "";
  } catch (failure) {
    if (failure instanceof HeadgateError) throw failure;
    throw invalid(file, undefined, failure instanceof TypeError ? "the file is not UTF-8" : String(failure));
  }
}

function encodingOf(chunk: Buffer): string {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return "utf-16le";
  return chunk[0] === 0xfe && chunk[1] === 0xff ? "utf-16be" : "utf-8";
}

function invalid({ location }: LocalFile, line: number | undefined, message: string): HeadgateError {
  const place = line === undefined ? location : `${location}, line ${line}`;
  return new HeadgateError("IMPORT_FILE_INVALID", { place, message });
}
