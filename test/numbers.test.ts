/**
 * Checks the figures that the code keeps to: the length of functions, and how often a type is asserted instead of
 * inferred.
 */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const longestFunction = 70;
const mostCastsPerThousandLines = 4;

const sources = globSync("src/**/*.ts", { cwd: root })
  .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
  .map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return { file, text, source: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
  });

function nodesOf(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (child: ts.Node): void => {
    found.push(child);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

test("no function is longer than 70 lines", () => {
  const long = sources.flatMap(({ file, source }) =>
    nodesOf(source)
      .filter((node) => ts.isFunctionLike(node) && "body" in node && node.body !== undefined)
      .flatMap((node) => {
        const [first, last] = [node.getStart(), node.end].map(
          (at) => source.getLineAndCharacterOfPosition(at).line + 1,
        );
        const lines = Number(last) - Number(first) + 1;
        return lines > longestFunction ? [`${file}:${first} has ${lines} lines`] : [];
      }),
  );
  expect(long).toEqual([]);
});

test("types are known, not claimed", () => {
  const casts = sources.flatMap(({ source }) =>
    nodesOf(source).filter((node) => ts.isAsExpression(node) && node.type.getText() !== "const"),
  ).length;
  const lines = sources
    .flatMap(({ text }) => text.split("\n"))
    .filter((line) => line.trim() !== "" && !/^\s*(\/\/|\*|\/\*)/.test(line)).length;
  expect((casts / lines) * 1_000).toBeLessThanOrEqual(mostCastsPerThousandLines);
});
