/**
 * Tests that every object store must pass: they check the port in src/objects/object-store.ts. A store's own tests
 * cover what only it has.
 */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uuidv7 } from "../../src/base/uuid.ts";
import type { ObjectStore } from "../../src/objects/object-store.ts";

export interface ObjectStoreFixture extends AsyncDisposable {
  readonly store: ObjectStore;
  /** A location without a trailing slash, below which nothing exists. */
  readonly root: string;
}

const oddNames = ["plain", "with%20space", "per%25cent", "a=b", "a+b", "na%C3%AFve-%E2%98%95", "dots...", "q%3Fh%23"];

export function objectStoreConformance(open: () => Promise<ObjectStoreFixture>): void {
  describe("object store contract", () => {
    let fixture: ObjectStoreFixture;
    let store: ObjectStore;
    const fresh = (name = "object"): string => `${fixture.root}/${uuidv7()}/${name}`;

    beforeAll(async () => {
      fixture = await open();
      ({ store } = fixture);
    });
    afterAll(() => fixture[Symbol.asyncDispose]());

    test.each([0, 1, 100_000])("gives back the %d bytes it was given", async (length) => {
      const location = fresh();
      const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
      await store.put(location, bytes);
      expect(Buffer.from(await store.get(location)).equals(bytes)).toBe(true);
      expect((await readFile(await store.localPath(location))).equals(bytes)).toBe(true);
      expect(await store.has(location)).toBe(true);
    });

    test.each(oddNames)("keeps the name %s as it was written", async (name) => {
      const location = fresh(name);
      await store.put(location, Buffer.from(name));
      expect(Buffer.from(await store.get(location)).toString()).toBe(name);
      expect(await locationsBelow(location.slice(0, location.lastIndexOf("/") + 1))).toEqual([location]);
    });

    test("says what is missing", async () => {
      const location = fresh();
      const error = { code: "DATA_FILE_MISSING", place: location };
      await expect(store.get(location)).rejects.toMatchObject(error);
      await expect(store.localPath(location)).rejects.toMatchObject(error);
      expect(await store.has(location)).toBe(false);
    });

    test("shows a draft only when it is published, under its name alone", async () => {
      const location = fresh();
      const folder = location.slice(0, -"object".length);
      const draft = await store.draft(location);
      await writeFile(draft.path, "written by somebody else");
      await expect(store.get(location)).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
      expect(await locationsBelow(folder)).toEqual([]);
      expect(await store.has(location)).toBe(false);
      await draft.publish();
      expect(Buffer.from(await store.get(location)).toString()).toBe("written by somebody else");
      expect(await locationsBelow(folder)).toEqual([location]);
    });

    test("forgets a discarded draft, written or not", async () => {
      const location = fresh();
      const written = await store.draft(location);
      await writeFile(written.path, "half");
      await written.discard();
      await (await store.draft(location)).discard();
      await expect(readFile(written.path)).rejects.toMatchObject({ code: "ENOENT" });
      await expect(store.get(location)).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
    });

    test("deletes what is there and does not mind what is not", async () => {
      const [first, second, never] = [fresh(), fresh(), fresh()];
      await store.put(first, Buffer.from("1"));
      await store.put(second, Buffer.from("2"));
      await store.delete([first, never]);
      await expect(store.get(first)).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
      expect(Buffer.from(await store.get(second)).toString()).toBe("2");
    });

    test("lists what is below a prefix, however deep, with size and time, and nothing else", async () => {
      const top = `${fixture.root}/${uuidv7()}`;
      const inside = [`${top}/a/1`, `${top}/a/b/2`, `${top}/a/b/c/3`];
      for (const location of [...inside, `${top}/ab/4`, `${top}/5`]) await store.put(location, Buffer.from(location));
      expect(await locationsBelow(`${top}/a/`)).toEqual(inside);
      for await (const { location, size, modifiedAt } of store.list(`${top}/a/`)) {
        expect(size).toBe(location.length);
        expect(Math.abs(modifiedAt.getTime() - Date.now())).toBeLessThan(3_600_000);
      }
      expect(await locationsBelow(`${top}/none/`)).toEqual([]);
    });

    async function locationsBelow(prefix: string): Promise<readonly string[]> {
      const found: string[] = [];
      for await (const { location } of store.list(prefix)) found.push(location);
      return found.sort();
    }
  });
}
