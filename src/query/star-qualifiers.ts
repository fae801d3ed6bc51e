/**
 * All columns of a table that is written with its database, `shop.orders.*`, which the engine's parser does not know: the
 * names before the table's own become spaces, so that every position in the text stays.
 * Invariant: this is done only where the table's own name means that table alone. Everywhere else the text stays as it is,
 * and the parser refuses it.
 */
import { foldName } from "./fold-name.ts";
import { tokens, type Token } from "./sql-text.ts";

interface Path {
  readonly tokens: readonly Token[];
  /** Folded. */
  readonly parts: readonly string[];
  readonly isStar: boolean;
}

export function withoutStarQualifiers(sql: string): string {
  if (!/\.\s*\*/.test(sql)) return sql;
  const paths = pathsOf([...tokens(sql)].filter(({ kind }) => kind !== "space"));
  const clear = paths.filter((path) => path.isStar && path.parts.length > 1 && meansOneTable(path, paths));
  return clear.reduce((text, { tokens: names }) => {
    const [from, to] = [names[0]?.start ?? 0, names.at(-1)?.start ?? 0];
    return text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, " ") + text.slice(to);
  }, sql);
}

/** Whether its table is named elsewhere, and its last name alone, or as that of another table, is not. */
function meansOneTable({ parts }: Path, paths: readonly Path[]): boolean {
  const alike = paths.filter((path) => !path.isStar && path.parts.at(-1) === parts.at(-1));
  return alike.length > 0 && alike.every((path) => JSON.stringify(path.parts) === JSON.stringify(parts));
}

/** Names with dots between them, each as long as it is. */
function pathsOf(words: readonly Token[]): readonly Path[] {
  const paths: Path[] = [];
  for (let at = 0; at < words.length; at++) {
    const names: Token[] = [];
    let next = words[at];
    while (next?.kind === "word" || next?.kind === "quoted") {
      names.push(next);
      next = words[at + 1]?.text === "." ? words[(at += 2)] : undefined;
    }
    if (names.length > 0) paths.push({ tokens: names, parts: names.map(partOf), isStar: next?.text === "*" });
  }
  return paths;
}

function partOf({ kind, text }: Token): string {
  return foldName(kind === "quoted" ? text.slice(1, -1).replaceAll('""', '"') : text);
}
