/** Names of columns as programmers, systems and people of many languages write them. */
import { expect, test } from "vitest";
import { cutWordsIn, hasWord, nameWords } from "./name-pieces.ts";
import { addressWords } from "./words/address-words.ts";
import { birthWords } from "./words/birth-words.ts";
import { emailWords, phoneWords } from "./words/contact-words.ts";
import { nationalIdWords } from "./words/national-id-words.ts";
import { personNameWords } from "./words/person-words.ts";

test.each([
  ["dtmDOB", birthWords],
  ["BRTH_DT", birthWords],
  ["EMP_BRTHDT", birthWords],
  ["fecha-de-nacimiento", birthWords],
  ["Ημ_Γέννησης", birthWords],
  ["tarehe_ya_kuzaliwa", birthWords],
  ["生年月日", birthWords],
  ["usr_eml_2", emailWords],
  ["Почта", emailWords],
  ["kd_TelNr", phoneWords],
  ["no_hp1", phoneWords],
  ["휴대폰번호", phoneWords],
  ["custfname", personNameWords],
  ["Příjmení", personNameWords],
  ["імʼя_по_батькові", personNameWords],
  ["顧客氏名", personNameWords],
  ["STRAS", addressWords],
  ["Straße_HsNr", addressWords],
  ["الشارع", addressWords],
  ["Codice Fiscale", nationalIdWords],
  ["rodne_cislo", nationalIdWords],
  ["SteuerIdNr", nationalIdWords],
])("%s has a word of its list", (name, words) => {
  expect(hasWord(nameWords(name), words)).toBe(true);
});

test.each([
  ["created_at", birthWords],
  ["telemetry", phoneWords],
  ["filename", personNameWords],
  ["streamline", addressWords],
  ["run_id", nationalIdWords],
  ["order_number", nationalIdWords],
])("%s has none", (name, words) => {
  expect(hasWord(nameWords(name), words)).toBe(false);
});

test("a word may be cut", () => {
  expect(cutWordsIn(nameWords("f_nacim"), birthWords)).not.toEqual([]);
  expect(cutWordsIn(nameWords("f_na"), birthWords)).toEqual([]);
});
