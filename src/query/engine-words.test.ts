/** The engine's messages, as DuckDB 1.5 writes them, in words that people know. */
import { expect, test } from "vitest";
import { inPlainWords } from "./engine-words.ts";

test.each([
  [
    'Referenced column "emial" not found in FROM clause!\nCandidate bindings: "email", "mail"',
    'there is no column "emial"',
    'write the name of a column, such as "email", "mail"; put a text in single quotes',
  ],
  ['Referenced column "a" not found in FROM clause!', 'there is no column "a"', undefined],
  [
    'Values list "o" does not have a column named "a""b"',
    '"o" has no column "a""b"',
    "see the columns with `headgate table show`",
  ],
  [
    'Referenced table "x" not found!\nCandidate tables: "memory.state_0.orders", "o"',
    'FROM names no table "x"',
    'write a name or an alias from FROM, such as "orders", "o"; give a table of another account an alias with AS',
  ],
  [
    'Ambiguous reference to column name "id" (use: "__state_0.orders.id" or "__state_1.orders.id")',
    'Ambiguous reference to column name "id"',
    "write the name or the alias of its table before it, such as o.id; give tables of the same name aliases with AS",
  ],
  [
    'Scalar Function with name rank does not exist!\nDid you mean "range"?',
    "the function rank is used as one that looks at a single row",
    "write OVER (…) after it",
  ],
  [
    "No function matches the given name and argument types 'year(VARCHAR)'. You might need to add explicit type casts.\n\tCandidate functions:\n\tyear(DATE) -> BIGINT",
    "No function matches the given name and argument types 'year(VARCHAR)'\n\tCandidate functions:\n\tyear(DATE) -> BIGINT",
    "change the type of a value: cast(value as type)",
  ],
  ["AnythingElse NOT IMPLEMENTED", "this way of writing it is not supported", "write the statement in another way"],
  ["WHERE clause cannot contain aggregates!", "WHERE clause cannot contain aggregates!", undefined],
])("%s", (engine, message, remedy) => {
  expect(inPlainWords(engine)).toEqual({ message, remedy });
});

test("a long list of functions is left out", () => {
  const forms = Array.from({ length: 9 }, (_, index) => `\n\t+(T${index}) -> T${index}`).join("");
  const said = "No function matches the given name and argument types '+(INTEGER, VARCHAR)'";
  const engine = `${said}. You might need to add explicit type casts.\n\tCandidate functions:${forms}`;
  expect(inPlainWords(engine).message).toBe(said);
});

test("a hundred thousand quotes and line ends cost nothing", () => {
  const started = performance.now();
  for (const filler of ['""', "\n", "_", "memory.", "\n\t"])
    inPlainWords(`Referenced column "${filler.repeat(100_000)} not found`);
  expect(performance.now() - started).toBeLessThan(2_000);
});
