/**
 * The engine's messages about a statement in words that people know: without the engine's own functions, places and
 * settings, and with what to do. What is not listed stays as the engine says it.
 */

export interface Wording {
  readonly message: string;
  readonly remedy?: string | undefined;
}

interface Rewording {
  readonly engine: RegExp;
  readonly message: string;
  readonly remedy?: string;
}

const rewordings: readonly Rewording[] = [
  {
    engine: /^Referenced column ("(?:[^"]|"")*") not found in FROM clause!(?:\nCandidate bindings: ([^\n]*))?$/,
    message: "there is no column $1",
    remedy: "write the name of a column, such as $2; put a text in single quotes",
  },
  {
    engine: /^Values list ("(?:[^"]|"")*") does not have a column named ("(?:[^"]|"")*")$/,
    message: "$1 has no column $2",
    remedy: "see the columns with `headgate table show`",
  },
  {
    engine: /^Referenced table ("(?:[^"]|"")*") not found!(?:\nCandidate tables: ([^\n]*))?$/,
    message: "FROM names no table $1",
    remedy: "write a name or an alias from FROM, such as $2; give a table of another account an alias with AS",
  },
  {
    engine: /^(Ambiguous reference to column name "(?:[^"]|"")*") \(use: [^\n]*$/,
    message: "$1",
    remedy:
      "write the name or the alias of its table before it, such as o.id; give tables of the same name aliases with AS",
  },
  {
    engine: /^Scalar Function with name (\S+) does not exist!(?:\n[^\n]*)*$/,
    message: "the function $1 is used as one that looks at a single row",
    remedy: "write OVER (…) after it",
  },
  {
    engine: /^ORDER BY non-integer literal has no effect\.\n[^\n]*$/,
    message: "ORDER BY a text or another constant has no effect",
    remedy: "write the column's name without single quotes, or its number",
  },
  {
    engine: /^TransformFuncCall - /,
    message: "the name of a function has too many parts",
    remedy: "write the function's name alone",
  },
  {
    engine:
      /^(No function matches the given name and argument types .*)\. You might need to add explicit type casts\.((?:\n[^\n]*)*)$/,
    message: "$1$2",
    remedy: "change the type of a value: cast(value as type)",
  },
  {
    engine: /^syntax error at or near "`"$/,
    message: "a name stands in backticks",
    remedy: 'put it in double quotes: "name"',
  },
  {
    engine: /^errhint NOT IMPLEMENTED$/,
    message: "LIMIT has two numbers",
    remedy: "write LIMIT 20 OFFSET 10 instead of LIMIT 10, 20",
  },
  {
    engine: /^\w+ NOT IMPLEMENTED$/,
    message: "this way of writing it is not supported",
    remedy: "write the statement in another way",
  },
];

export function inPlainWords(engine: string): Wording {
  const words = withoutOwnPlaces(fewCandidates(engine));
  for (const { engine: pattern, message, remedy } of rewordings) {
    const found = pattern.exec(words);
    if (found === null) continue;
    const filled = (text: string): string => text.replaceAll(/\$(\d)/g, (_all, at: string) => found[Number(at)] ?? "");
    const isWhole = remedy?.includes("$2") !== true || found[2] !== undefined;
    return { message: filled(message), remedy: isWhole && remedy !== undefined ? filled(remedy) : undefined };
  }
  return { message: words };
}

/** The database and the schemas in which the instance of a statement has its views (`place-tables.ts`). */
function withoutOwnPlaces(words: string): string {
  return words.replaceAll(/(?:\bmemory\.)?\b_*state_\d+\.|\bmemory\.(?=\w+\.)/g, "");
}

const mostCandidates = 8;

/** `+` has more than forty forms. */
function fewCandidates(words: string): string {
  const [said = "", candidates] = words.split("\n\tCandidate functions:\n");
  const all = candidates?.split("\n") ?? [];
  return all.length > mostCandidates ? said : words;
}
