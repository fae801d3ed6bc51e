/** Which parts of a statement are recorded. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { recordedCommand, recordedStatement } from "./recorded-statement.ts";

const secret = "hunter2";

test.each([
  ["select id from shop.orders t1 where id <= 2500", "select id from shop.orders t1 where id <= ?"],
  ["select 'it''s' || E'it\\'s' || $$a$$ || $x$ $$ $x$, .5, 1e-7, 0xff", "select ? || ? || ? || ?, .?, ?-?, ?"],
  ["select date '2026-01-01', interval '1 day', x'00', U&'\\0041'", "select date ?, interval ?, x?, U&?"],
  ["select a -- hunter2\n, b /* a /* nested */ hunter2 */ from t", "select a  \n, b   from t"],
  ["(with x as (from t) from x limit 10)", "(with x as (from t) from x limit ?)"],
  ["select * from t where name like'%x'", "select * from t where name like?"],
  ["select * from t at (version => 42)", "select * from t at (version => ?)"],
])("%s", (sql, text) => {
  expect(recordedStatement(sql)).toBe(text);
});

test.each([
  ['select "Id" from orders where "email" = "ann"', 'select "Id" from orders where "email" = ?'],
  ['select "o"."x", "Name" from "shop" . "orders" "o"', 'select "o"."x", ? from "shop" . "orders" "o"'],
  [
    'select "id" as "Total sum" from "other" order by "total sum"',
    'select "id" as "Total sum" from "other" order by "total sum"',
  ],
  ['select * from orders where id in ("a""b", "email")', 'select * from orders where id in (?, "email")'],
])("a text in double quotes is a constant unless it is a name: %s", (sql, text) => {
  const columns = ["id", "email"].map((name) => ({ name }));
  expect(recordedStatement(sql, [{ database: "shop", name: "orders.o", columns }])).toBe(text);
});

test.each([
  `select * from t where a = "${secret}"`,
  `select * from t where a like "${secret}" or b in ("x", "${secret}")`,
  `select concat("${secret}", a) from t`,
  `select $😀$ ${secret} $😀$`,
  `select\u00a0E'it\\'s ${secret}'`,
  `select\u200be'\\'${secret}'`,
  `select 1\ufeffas\u3000E'\\'${secret}'`,
  `select * from t where a = '${secret}`,
  `select * from t where a = "${secret}`,
  `select $$ ${secret}`,
  `select $a$ ${secret} $b$`,
  `select '' '${secret}' /* ${secret}`,
  `select E'\\'' || '${secret}'`,
  `select e'\\\\' || '${secret}' || $$'$$ || '${secret}'`,
  `attach 'host=localhost password=${secret}' as p (type postgres)`,
  `create secret s (type s3, secret ${secret})`,
  `set s3_secret_access_key = ${secret}`,
  `copy t to 's3://b/k?secret=${secret}'`,
  secret,
  `${secret}; select 1`,
])("no secret is left of %s", (sql) => {
  expect(recordedStatement(sql)).not.toContain(secret);
});

test("of a text that cannot be parsed, only the command is left", () => {
  expect(recordedCommand(`SELECT ${secret} from where`)).toBe("SELECT …");
  expect(recordedCommand(secret)).toBe("…");
  expect(recordedStatement("create user ann password abc")).toBe("create …");
});

test("a constant between any others is replaced", () => {
  const quoted = fc
    .string({ unit: fc.constantFrom("a", "'", "\\", '"', "$", "-", "/", "*", "\n") })
    .map((text) => `'${text.replaceAll("'", "''")}'`);
  const piece = fc.oneof(
    quoted,
    fc.constantFrom("a", '"b"""', "/* ' */", "-- '\n", "$q$ ' $q$", "1.5", "(", ",", "$1"),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(piece), (before, after) => {
      const text = recordedStatement(`select ${before.join(" ")} '${secret}' ${after.join(" ")}`);
      expect(text).not.toContain(secret);
    }),
  );
});

test("a text of 200,000 characters takes little processor time", () => {
  for (const part of ["'a', ", "a1, ", "/* a */ ", "$a$ ", '"a" ']) {
    const began = process.cpuUsage();
    recordedStatement(`select ${part.repeat(200_000 / part.length)} 1`);
    expect(process.cpuUsage(began).user).toBeLessThan(500_000);
  }
});
