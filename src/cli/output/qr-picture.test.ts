/** The picture is read back by a reader of QR codes, as a phone would. */
import pc from "picocolors";
import { expect, test } from "vitest";
import { decodeQR } from "qr/decode.js";
import { authenticatorAddress } from "../../identity/codes/one-time-code.ts";
import { qrPicture } from "./qr-picture.ts";

const scale = 4;

function readBack(picture: string): string {
  const lines = picture.split("\n");
  const isLight = (row: number, column: number): boolean => {
    const sign = lines[Math.floor(row / 2)]?.[column] ?? " ";
    return sign === "█" || sign === (row % 2 === 0 ? "▀" : "▄");
  };
  const width = (lines[0]?.length ?? 0) * scale;
  const height = lines.length * 2 * scale;
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    const column = Math.floor((at % width) / scale);
    const row = Math.floor(Math.floor(at / width) / scale);
    data.fill(isLight(row, column) ? 255 : 0, at * 3, at * 3 + 3);
  }
  return decodeQR({ width, height, data });
}

test.each(["ann", "a person with a rather long name <p@example.org>"])("the address of %s is read back", (user) => {
  const address = authenticatorAddress({ secret: Buffer.alloc(20, 7), user });
  const picture = qrPicture(address, pc.createColors(false));
  expect(readBack(picture)).toBe(address);
  expect(new Set(picture.split("\n").map((line) => line.length)).size).toBe(1);
  expect(picture.split("\n")[0]?.length, "it fits on a terminal").toBeLessThan(80);
});

test("the border has the four light squares that readers need", () => {
  const lines = qrPicture("hello", pc.createColors(false)).split("\n");
  expect(lines.slice(0, 2).join("")).toMatch(/^█+$/);
  expect(lines.every((line) => /^████.*████$/.test(line))).toBe(true);
});

test("colours are black and white", () => {
  expect(qrPicture("hello", pc.createColors(true))).toContain("\u001b[40m");
});
