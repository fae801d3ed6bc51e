/**
 * Turns the engine's error messages into our errors. Text that may quote a value of a row does not become the message.
 */
import { HeadgateError } from "../errors.ts";

/** `memoryMb` is the configured limit. */
export function engineFailure(message: string, memoryMb: number): HeadgateError {
  const text = message.replace(/^[A-Za-z ]*Error: /, "").trim();
  const place = /"([^"]+)"/.exec(message)?.[1];
  // The rest of the message quotes a value, which could contain any words.
  if (/^(Conversion|Out of Range|Constraint) Error/i.test(message)) return failedStatement(text, message);
  if (/no space left on device/i.test(message)) return new HeadgateError("DISK_FULL", { place });
  if (/max_temp_directory_size/i.test(message))
    return new HeadgateError("SQL_OUT_OF_MEMORY", {
      message: "the statement used more disk space than one statement may use",
      remedy:
        "ask for less at once, or raise HEADGATE_ENGINE_SPILL (--engine-spill) or HEADGATE_ENGINE_MEMORY (--engine-memory)",
      cause: message,
    });
  if (/^Out of Memory Error/i.test(message))
    return new HeadgateError("SQL_OUT_OF_MEMORY", {
      message: firstLine(text),
      remedy: `raise HEADGATE_ENGINE_MEMORY (--engine-memory) from ${memoryMb} to ${memoryMb * 4} or more, or ask for less at once`,
    });
  if (/No files found that match|Cannot open file|No such file or directory/i.test(message))
    return new HeadgateError("DATA_FILE_MISSING", { place, message: firstLine(text) });
  if (/^(Parser|Binder|Catalog) Error/i.test(message)) return new HeadgateError("SQL_INVALID", { message: text });
  if (/too small to be a Parquet file|No magic bytes|Corrupt|Snappy|ZSTD/i.test(message) && /parquet/i.test(message))
    return new HeadgateError("DATA_FILE_CORRUPT", { message: firstLine(text) });
  if (/string longer than/i.test(message))
    return new HeadgateError("SQL_FAILED", {
      message:
        "a value in the result is too long to be sent: it has more than 536 million characters, or more than 268 million bytes",
      remedy: "ask for its length (octet_length) or for parts of it (substr)",
    });
  const [, column, reason] = /^COLUMN_UNREADABLE (.*?): (.*)$/m.exec(text) ?? [];
  if (reason !== undefined) return new HeadgateError("COLUMN_UNREADABLE", { place: column, message: reason });
  return failedStatement(text, message);
}

function failedStatement(text: string, message: string): HeadgateError {
  const kind = /^[A-Za-z ]+(?= Error:)/.exec(message)?.[0] ?? "unknown";
  return new HeadgateError("SQL_FAILED", {
    message: `the engine reported an error of the kind "${kind}"; its message may quote rows and is not shown here`,
    quoted: text,
  });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
