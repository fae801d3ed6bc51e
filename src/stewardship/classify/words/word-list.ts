/** Lists of words, written as text because long lists are easier to read and change that way. */
import { plainText } from "../name-pieces.ts";

/** The words of a text with white space between them. */
export function wordList(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/**
 * Words of several languages in the letters of each language. They are compared with pieces of names that are joined, so
 * that `fecha_nacimiento` stands for FechaNacimiento and fecha-nacimiento, too.
 */
export function wordsOfLanguages(languages: Readonly<Record<string, string>>): readonly string[] {
  const words = Object.values(languages).flatMap(wordList);
  return [...new Set(words.map((word) => (isPlain.test(word) ? word : plainText(word)).replaceAll("_", "")))];
}

const isPlain = /^[a-z_]+$/;
