/** The words of a text with white space between them: long lists are easier to read and change as text. */
export function wordList(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
