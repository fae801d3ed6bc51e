/** A command as somebody would type it, with quotes where a shell needs them. */
export function shownCommand(words: readonly string[]): string {
  return ["headgate", ...words.map((word) => (/^[\w:/.@=?&%-]+$/.test(word) ? word : `"${word}"`))].join(" ");
}
