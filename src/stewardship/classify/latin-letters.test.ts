/** Names in Greek and Cyrillic letters, as people write them in Latin ones. */
import { expect, test } from "vitest";
import { plainText } from "./name-pieces.ts";

test.each([
  ["Ελένη Παπαδοπούλου", "eleni papadopoulou"],
  ["Αικατερίνη", "aikaterini"],
  ["Стоян Вълчев", "stoyan valchev"],
  ["Николай", "nikolay"],
  ["Шевченко", "shevchenko"],
  ["Łódź Ștefan", "lodz stefan"],
])("%s", (name, expected) => expect(plainText(name)).toBe(expected));
