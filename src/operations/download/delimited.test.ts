/** Lines of text files: nothing of a value is lost, and no text of a guarded CSV is run as a formula. */
import { expect, test } from "vitest";
import { csvLines, jsonLines } from "./delimited.ts";

const columns = [
  { name: "=name", type: "VARCHAR" },
  { name: "n", type: "DECIMAL(9,2)" },
];

test("CSV quotes what needs it, and guards texts but no numbers", () => {
  const { head, line } = csvLines(columns, { asStored: false });
  expect(head).toBe("'=name,n\r\n");
  expect(line(["=cmd|x", "-1.50"])).toBe("'=cmd|x,-1.50\r\n");
  expect(line(["+49 30", null])).toBe("'+49 30,\r\n");
  expect(line(['say "a,b"\n', ""])).toBe('"say ""a,b""\n",""\r\n');
  expect(line(["  @x", "1"])).toBe("'  @x,1\r\n");
});

test("CSV for programs has every text as it is stored", () => {
  const { head, line } = csvLines(columns, { asStored: true });
  expect(head + line(["=cmd", "-1"])).toBe("=name,n\r\n=cmd,-1\r\n");
});

test("JSON keeps all digits, and two columns of one name", () => {
  const { line } = jsonLines([...columns, { name: "n", type: "BIGINT" }]);
  expect(line(["a", "1.50", 9_007_199_254_740_993n])).toBe('{"=name":"a","n":"1.50","n":9007199254740993}\n');
});
