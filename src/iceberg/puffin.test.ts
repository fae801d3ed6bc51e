/** Reads a Puffin file back as the specification describes it, beginning at its end. */
import { expect, test } from "vitest";
import { readDeletionVector, writeDeletionVector } from "./deletion-vector.ts";
import { writePuffin } from "./puffin.ts";

interface Footer {
  readonly blobs: readonly { readonly offset: number; readonly length: number; readonly properties: object }[];
}

test("the footer says what each blob is and where", () => {
  const vectors = [[0, 7], [], [3, 70_000, 2 ** 33]];
  const { bytes, offsets } = writePuffin(
    vectors.map((positions, index) => ({
      type: "deletion-vector-v1",
      fields: [2147483645],
      properties: { "referenced-data-file": `ș${index}`, cardinality: String(positions.length) },
      bytes: writeDeletionVector(positions),
    })),
  );
  const file = Buffer.from(bytes);
  const magic = "PFA1";
  expect(file.toString("latin1", 0, 4)).toBe(magic);
  expect(file.toString("latin1", file.length - 4)).toBe(magic);
  expect(file.readUInt32LE(file.length - 8)).toBe(0);
  const payloadLength = file.readUInt32LE(file.length - 12);
  const start = file.length - 12 - payloadLength;
  expect(file.toString("latin1", start - 4, start)).toBe(magic);
  const footer = JSON.parse(file.toString("utf8", start, start + payloadLength)) as Footer;
  expect(footer.blobs[2]).toMatchObject({
    type: "deletion-vector-v1",
    fields: [2147483645],
    "snapshot-id": -1,
    "sequence-number": -1,
    properties: { "referenced-data-file": "ș2", cardinality: "3" },
  });
  expect(footer.blobs.map(({ offset }) => offset)).toEqual(offsets);
  for (const [index, { offset, length }] of footer.blobs.entries())
    expect(readDeletionVector(file.subarray(offset, offset + length))).toEqual(vectors[index]);
});
