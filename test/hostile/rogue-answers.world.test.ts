import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { semaphore } from "../../src/base/semaphore.ts";

const script = fileURLToPath(new URL("rogue-answers.ts", import.meta.url));

interface Outcome {
  readonly name: string;
  readonly ended: string;
  readonly seconds: number;
  /** The process's peak memory in excess of what it used before. */
  readonly growthMb: number;
  readonly gaveFile: boolean;
}

const broken = { code: "SOURCE_PROTOCOL", seconds: 30, megabytes: 100 };
const late = { code: "SOURCE_UNREACHABLE", seconds: 30, megabytes: 50 };
const dripping = { ...broken, seconds: 40 };
/** A small answer with a million rows is kept until there are too many. */
const manyRows = { ...broken, megabytes: 400 };
const told = { seconds: 25, megabytes: 100 };

/** The expected error for each server of rogue-answers.ts. */
const expected: Readonly<Record<string, { code: string; seconds: number; megabytes: number }>> = {
  "mariadb silent login": late,
  "mariadb dripping login": late,
  "mariadb flooding login": { ...broken, code: "SOURCE_FAILED" },
  "mariadb login of 16 MB packets": broken,
  "mariadb early end": late,
  "mariadb wants a file": broken,
  "mariadb wants a file after a result": broken,
  "mariadb wants a file in a bulk read": broken,
  "mariadb endless columns": broken,
  "mariadb forgets an end": broken,
  "mariadb endless rows": manyRows,
  "mariadb answer of 16 MB packets": broken,
  "mariadb dripping answer": dripping,
  "mariadb bulk read described in 16 MB packets": broken,
  // A value may have a gigabyte, as a valid server may send.
  "mariadb endless row": { ...broken, seconds: 40, megabytes: 1_400 },
  "mariadb endless bulk read, told to end": { ...told, code: "CANCELLED", megabytes: manyRows.megabytes },
  "mariadb silent bulk read, told to end": { ...told, code: "CANCELLED" },
  "mariadb dripping bulk read": dripping,
  "postgres silent login": late,
  "postgres dripping login": late,
  "postgres login of a gigabyte": broken,
  "postgres login of a negative length": broken,
  "postgres login with endless parameters": broken,
  "postgres login with endless notices": broken,
  "postgres early end": late,
  "postgres endless parameters": broken,
  "postgres endless notices": broken,
  "postgres endless notifications": broken,
  "postgres endless columns": broken,
  "postgres endless descriptions": broken,
  "postgres endless rows": manyRows,
  "postgres value beyond its row": broken,
  "postgres unknown messages": broken,
  "postgres dripping answer": dripping,
  "postgres bulk read with endless notices": broken,
  "postgres bulk read with a notice of a gigabyte": broken,
  "postgres endless bulk read, told to end": { ...told, code: "told to end" },
  "postgres silent bulk read, told to end": { ...told, code: "told to end" },
  "postgres dripping bulk read": dripping,
  "postgres keeps its side open": { ...told, code: "left" },
};

const outcomes = new Map<string, Outcome>();

/** They mostly wait, so many can run at the same time. */
beforeAll(async () => {
  const some = semaphore(10);
  await Promise.all(
    Object.keys(expected).map((name) => some.run(async () => void outcomes.set(name, await meet(name)))),
  );
}, 240_000);

async function meet(rogue: string): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, rogue], { timeout: 60_000 });
  return JSON.parse(stdout) as Outcome;
}

test.each(Object.entries(expected))(
  "%s: an error, in bounded time and memory",
  (name, { code, seconds, megabytes }) => {
    const outcome = outcomes.get(name) as Outcome;
    expect(outcome).toMatchObject({ ended: code, gaveFile: false });
    expect(outcome.seconds).toBeLessThan(seconds);
    expect(outcome.growthMb).toBeLessThan(megabytes);
  },
);
