/**
 * Decisions against the rules as they are described, for random policies and questions. `npm run sim -- policies` asks a
 * million.
 */
import { expect, test } from "vitest";
import { firstWrongPreview } from "./compare-previews.fixture.ts";
import {
  firstDifference,
  firstDifferenceInLists,
  firstOutsideScope,
  questionsEach,
} from "./compare-with-naive.fixture.ts";

const policies = 1_000;

test(`${policies * questionsEach} questions are answered as the rules say`, () => {
  for (let seed = 1; seed <= policies; seed++) expect(firstDifference(seed)).toBeUndefined();
});

test("lists of access say the same as decisions, about everybody and every table", () => {
  for (let seed = 1; seed <= 150; seed++) expect(firstDifferenceInLists(seed)).toBeUndefined();
});

test("previews of changes of tags, expressions and grants are what then happens, on a random walk", () => {
  for (let seed = 1; seed <= 200; seed++) expect(firstWrongPreview(seed)).toBeUndefined();
});

test("a search looks everywhere where somebody may find something", () => {
  for (let seed = 1; seed <= 500; seed++) expect(firstOutsideScope(seed)).toBeUndefined();
});
