/**
 * Finds the word that somebody probably meant: the candidate with the smallest edit distance, or undefined when none is
 * close.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const most = Math.ceil(word.length / 3);
  const near = candidates
    // The difference in length is a lower bound of the distance. Checking it first keeps a name of a hundred thousand
    // letters cheap.
    .filter((candidate) => Math.abs(candidate.length - word.length) <= most)
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .toSorted((left, right) => left.distance - right.distance)[0];
  return near !== undefined && near.distance <= most ? near.candidate : undefined;
}

/** The Levenshtein distance. */
export function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const change = left[row - 1] === right[column - 1] ? 0 : 1;
      current.push(
        Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + change),
      );
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
