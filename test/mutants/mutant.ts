/**
 * A change to one place of the code that a test should notice: another operator, an inverted condition, a removed step.
 */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { openRandom } from "../soak/random.ts";

export interface Mutant {
  /** Path from the project's root. */
  readonly file: string;
  /** Line, counted from 1. */
  readonly line: number;
  /** The replacement: `=== → !==`. */
  readonly change: string;
  readonly original: string;
  readonly mutated: string;
}

const root = resolve(import.meta.dirname, "../..");

/** Every mutant of the folder, in an order that depends on the seed. */
export function mutantsOf({ folder, seed }: { folder: string; seed: number }): readonly Mutant[] {
  const files = globSync(`${folder}/**/*.ts`, { cwd: root }).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
  const mutants = files.toSorted().flatMap((file) => mutantsOfFile(file));
  return shuffled(mutants, seed);
}

function mutantsOfFile(file: string): readonly Mutant[] {
  const original = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, original, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    for (const { from, to, text } of replacementsOf(node)) {
      const line = source.getLineAndCharacterOfPosition(from).line + 1;
      const mutated = original.slice(0, from) + text + original.slice(to);
      const before = original.slice(from, to);
      found.push({ file, line, change: `${short(before)} → ${short(text)}`, original, mutated });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const operators: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
]);

function replacementsOf(node: ts.Node): readonly Replacement[] {
  if (ts.isSourceFile(node)) return [];
  if (ts.isBinaryExpression(node)) return operatorOf(node);
  if (ts.isIfStatement(node)) return [negated(node.expression)];
  if (ts.isConditionalExpression(node)) return [negated(node.condition)];
  // The compiler checks `true` in a type.
  if (ts.isLiteralTypeNode(node.parent)) return [];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [at(node, "false")];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [at(node, "true")];
  return [];
}

/** Texts can be added but not subtracted. */
function operatorOf({ operatorToken, left, right }: ts.BinaryExpression): readonly Replacement[] {
  const text = operators.get(operatorToken.kind);
  if (text === undefined || [left, right].some(isText)) return [];
  return [at(operatorToken, text)];
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function negated(condition: ts.Expression): Replacement {
  return at(condition, `!(${condition.getText()})`);
}

function at(node: ts.Node, text: string): Replacement {
  return { from: node.getStart(), to: node.end, text };
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const random = openRandom(seed);
  return items
    .map((item) => ({ item, place: random.below(2 ** 32) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
