/** Words of texts, and how much a text is worth to a question. */
import { expect, test } from "vitest";
import { scoreOf, type AskedWord } from "./score.ts";
import { askedWords, stemOf, trigramsOf, wordsOf } from "./words.ts";

test.each([
  ["crm_customers", ["crm", "customers"]],
  ["customerEmail2", ["customeremail2", "customer", "email", "2"]],
  ["HTTPServer", ["httpserver", "http", "server"]],
  ["Straße, Łódź & Ærø", ["strasse", "lodz", "aero"]],
  ["café CAFE\u0301", ["cafe"]],
  ["名前", ["名前", "前"]],
  ["--", []],
])("the words of %s", (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test("a text without spaces is found by a word within it, and has no more words than it is worth", () => {
  const found = (text: string, asked: string) =>
    scoreOf(
      [{ level: "text", text }],
      askedWords(asked).map((word) => ({ word, alike: [] })),
    ) !== undefined;
  const board = "今月の売上ダッシュボード";
  for (const asked of ["売上", "ダッシュボード", "今月", "今月の売上ダッシュボード"])
    expect(found(board, asked), asked).toBe(true);
  expect(found(board, "上月")).toBe(false);
  expect(found("매출대시보드", "대시보드")).toBe(true);
  expect(found("รายงานยอดขาย", "ยอดขาย")).toBe(true);
  const long = wordsOf("売".repeat(300) + "今月の売上".repeat(2_000));
  expect(long.length).toBeLessThan(210);
  expect(wordsOf("Straßenkarte")).toEqual(["strassenkarte"]);
});

test("a question has whole runs, once each", () => {
  expect(askedWords("Customer  customer, e-mail")).toEqual(["customer", "e", "mail"]);
});

test("a plural's s is left away, unless the word is short or ends in ss", () => {
  expect(["customers", "gas", "address", "orders"].map(stemOf)).toEqual(["customer", "gas", "address", "order"]);
});

test("words that are spelt alike share runs of letters", () => {
  const [one, other] = [trigramsOf("custmer"), new Set(trigramsOf("customer"))];
  expect(one.filter((trigram) => other.has(trigram)).length).toBeGreaterThan(4);
});

test("a name counts more than a column, a column more than a label, a label more than a description", () => {
  const words: readonly AskedWord[] = [{ word: "mail", alike: [] }];
  const levels = (["name", "column", "label", "text"] as const).map((level) =>
    scoreOf([{ level, text: "mail" }], words),
  );
  expect(levels).toEqual([...levels].toSorted((one = 0, other = 0) => other - one));
  expect(new Set(levels).size).toBe(4);
  expect(scoreOf([{ level: "name", text: "mailbox" }], words)).toBeLessThan(levels[0] ?? 0);
  expect(scoreOf([{ level: "name", text: "post" }], words)).toBeUndefined();
});

test("every word must be found, each at its best place", () => {
  const texts = [
    { level: "name", text: "customers" },
    { level: "column", text: "email" },
  ] as const;
  expect(
    scoreOf(texts, [
      { word: "customers", alike: [] },
      { word: "email", alike: [] },
    ]),
  ).toBe(60);
  expect(
    scoreOf(texts, [
      { word: "customers", alike: [] },
      { word: "phone", alike: [] },
    ]),
  ).toBeUndefined();
});
