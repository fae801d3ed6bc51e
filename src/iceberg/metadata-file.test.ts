import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { memory, table } from "./memory-table.fixture.ts";
import { compressedMetadata, isMetadataName, metadataText, metadataVersion, writeMetadata } from "./metadata-file.ts";
import { formatTableMetadata, parseTableMetadata, type TableMetadata } from "./table-metadata.ts";

const codec = (name: string): TableMetadata => ({
  ...table(),
  properties: { "write.metadata.compression-codec": name },
});

test.each([
  { name: "compressed", metadata: { ...table(), properties: compressedMetadata }, ending: ".gz.metadata.json" },
  { name: "GZIP", metadata: codec("GZIP"), ending: ".gz.metadata.json" },
  { name: "none", metadata: codec("none"), ending: ".metadata.json" },
  { name: "nothing said", metadata: table(), ending: ".metadata.json" },
])("metadata is written as its property says, and read whatever it is: $name", async ({ metadata, ending }) => {
  const io = memory();
  const location = await writeMetadata(io, metadata, { version: 7, uuid: "u" });
  expect(location).toBe(`memory://t/metadata/00007-u${ending}`);
  expect([metadataVersion(location), isMetadataName(location)]).toEqual([7, true]);
  const bytes = await io.read(location);
  expect(parseTableMetadata(metadataText(bytes))).toEqual(metadata);
  const text = ending.startsWith(".gz") ? gunzipSync(bytes) : Buffer.from(bytes);
  expect(text.toString("utf8")).toBe(formatTableMetadata(metadata));
});

test("names of other writers", () => {
  const names = ["v3.metadata.json", "v4.gz.metadata.json", "v5.metadata.json.gz", "version-hint.text"];
  expect(names.map((name) => metadataVersion(`file:///t/metadata/${name}`))).toEqual([3, 4, 5, -1]);
  expect(names.map(isMetadataName)).toEqual([true, true, true, false]);
});

test("a codec that there is none of, and a file that is cut off, are said", async () => {
  const writing = writeMetadata(memory(), codec("zstd"), { version: 0, uuid: "u" });
  await expect(writing).rejects.toMatchObject({
    code: "METADATA_INVALID",
    place: "write.metadata.compression-codec",
  });
  const cut = gzipSync("{}").subarray(0, 12);
  expect(() => metadataText(cut)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
});
