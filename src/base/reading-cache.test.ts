import { expect, test } from "vitest";
import { readingCache } from "./reading-cache.ts";

/** A cache of names as values, each of 10 bytes, and the names in the order in which they were read. */
function openCache(boundBytes: number, placeOf?: (name: string) => string) {
  const reads: string[] = [];
  const get = readingCache({ boundBytes, placeOf }, async (name) => {
    reads.push(name);
    if (name.endsWith("!")) throw new Error(name);
    return { value: name.toUpperCase(), bytes: 10 };
  });
  return { get, reads };
}

test("an object is read once, also when it is asked for several times at once", async () => {
  const { get, reads } = openCache(100);
  expect(await Promise.all([get("a"), get("a")])).toEqual(["A", "A"]);
  expect(await get("a")).toBe("A");
  expect(reads).toEqual(["a"]);
});

test("what was used least recently makes room", async () => {
  const { get, reads } = openCache(20);
  for (const name of ["a", "b", "a", "c", "a", "b"]) await get(name);
  expect(reads.join("")).toBe("abcb");
});

test("a read that failed is tried again", async () => {
  const { get, reads } = openCache(20);
  await expect(get("a!")).rejects.toThrow("a!");
  await expect(get("a!")).rejects.toThrow("a!");
  expect(reads).toHaveLength(2);
});

test("of the states of one thing, only the last is kept", async () => {
  const { get, reads } = openCache(1_000, (name) => name.charAt(0));
  for (const name of ["a1", "b1", "a2", "a2", "b1", "a1"]) await get(name);
  expect(reads).toEqual(["a1", "b1", "a2", "a1"]);
});

test("a state that is replaced while it is read takes no room", async () => {
  const { get, reads } = openCache(20, (name) => name.charAt(0));
  const replaced = ["a1", "a2", "a3", "a4"].map(get);
  expect(await Promise.all(replaced)).toEqual(["A1", "A2", "A3", "A4"]);
  await get("b1");
  await get("a4");
  expect(reads).toEqual(["a1", "a2", "a3", "a4", "b1"]);
});
