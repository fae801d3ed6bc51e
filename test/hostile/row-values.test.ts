import { expect, test } from "vitest";
import { statementFailure as mariadbFailure } from "../../src/connectors/mariadb/failures.ts";
import { statementFailure as postgresFailure } from "../../src/connectors/postgres/failures.ts";
import { engineFailure } from "../../src/engine/engine-failure.ts";
import { presentError } from "../../src/base/present-error.ts";
import { withoutRowValues, withRowValues } from "../../src/base/row-values.ts";

const secret = "iban 7781";
const errno = (number: number, message: string) => Object.assign(new Error(message), { errno: number, code: "ER" });
const state = (code: string, message: string) => Object.assign(new Error(message), { code, severity: "ERROR" });

test.each([
  ["mariadb", mariadbFailure(errno(1366, `Incorrect integer value: '${secret}' for column`), "shop.a")],
  ["mariadb, raised by a function", mariadbFailure(errno(1644, secret), "shop.a")],
  ["postgres", postgresFailure(state("22P02", `invalid input syntax for type integer: "${secret}"`), "a")],
  ["postgres, raised by a function", postgresFailure(state("P0001", secret), "a")],
  ["the engine", engineFailure(`Conversion Error: Could not convert string '${secret}' to INT32`, 192)],
  ["the engine, in other words", engineFailure(`Invalid Input Error: ${secret}`, 192)],
  ["the engine, a value like its words", engineFailure(`Conversion Error: '${secret} Corrupt parquet' to INT32`, 192)],
  ["a defect", new SyntaxError(`Unexpected token in "${secret}"`)],
])("%s: the value is for readers only", (_where, failure) => {
  const told = { tables: [{ error: presentError(failure) }] };
  expect(JSON.stringify(withoutRowValues(told))).not.toContain(secret);
  expect(withRowValues(told).tables[0]?.error).toEqual({
    ...presentError(failure),
    quoted: undefined,
    message: expect.stringContaining(secret),
  });
});

test.each([
  ["mariadb", mariadbFailure(errno(1064, "syntax error near 'from'"), "shop.a"), "near 'from'"],
  ["postgres", postgresFailure(state("42501", "permission denied for table account"), "a"), "table account"],
  ["postgres", postgresFailure(state("53200", "out of memory"), "a"), "out of memory"],
])("%s: words that quote no value are for everybody", (_where, failure, words) => {
  expect(withoutRowValues(presentError(failure)).message).toContain(words);
});

test("what only looks alike stays as it is", () => {
  const document = { quoted: "a", examples: ["b"], rows: [{ examples: 1n, at: new Date(0) }], none: null };
  expect(withoutRowValues(document)).toEqual(document);
  expect(withRowValues(document)).toEqual(document);
});
