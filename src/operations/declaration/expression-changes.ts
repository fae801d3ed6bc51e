/** Changes that make saved tag expressions as declared. */
import { endExpression } from "../../governance/tag-store.ts";
import { alternativesText } from "../../governance/tag-text.ts";
import type { AccessChange } from "../access/access-change.ts";
import { ofAnother, withChanges, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { checkMaySave, checkNotGranted, namedExpression, save } from "../tags/expressions.ts";
import { accessDetails } from "./access-details.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

type DeclaredExpressions = DeclaredAccess["tag_expressions"];

/** Throws what the operation `expression.set` throws, and DECLARATION_INVALID. */
export async function changeExpressions(
  work: AccessWork,
  expressions: DeclaredExpressions,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const changes: AccessChange[] = [];
  let now = work;
  for (const [name, tags] of Object.entries(expressions)) {
    const before = now;
    const made = await placed(placeOf(["tag_expressions", name]), () => makeExpression(before, name, tags));
    if (made === undefined) continue;
    now = await withChanges(now);
    changes.push(made.change === "change" ? { ...made, ...(await accessDetails(before, now, made)) } : made);
  }
  return changes;
}

async function makeExpression(work: AccessWork, name: string, tags: string): Promise<AccessChange | undefined> {
  const { asking, origin } = work;
  const known = namedExpression(asking.policy, asking.accountId ?? "", name);
  if (known !== undefined && known.origin !== origin)
    throw ofAnother(`the tag expression ${name}`, known.origin ?? null);
  const { id, change } = await save(work, { name, tags, replace: true, origin });
  if (change === "unchanged") return undefined;
  const after = (await withChanges(work)).asking.policy.tags;
  const textOf = (alternatives: Parameters<typeof alternativesText>[1] = []): string =>
    alternativesText(after, alternatives);
  const details = changed("tags", textOf(known?.alternatives), textOf(after.expressions.get(id)?.alternatives));
  return expressionChange({ name, id, change: change === "added" ? "add" : "change", details });
}

interface OneExpression extends Pick<AccessChange, "change" | "details"> {
  readonly name: string;
  readonly id: string;
}

function expressionChange({ name, id, change, details }: OneExpression): AccessChange {
  return { what: "expression", name, change, details, falls: [], about: [{ kind: "expression", name, id }] };
}

/** After the grants have changed. Throws EXPRESSION_IN_USE, NOT_ALLOWED. */
export async function removeExpressions(
  work: AccessWork,
  declared: DeclaredExpressions,
  at: string,
): Promise<readonly AccessChange[]> {
  const { asking, transaction, origin } = work;
  const going = [...asking.policy.tags.expressions.values()].filter(
    (one) =>
      one.origin === origin &&
      one.accountId === asking.accountId &&
      one.name !== undefined &&
      declared[one.name] === undefined,
  );
  for (const one of going)
    await placed(at, async () => {
      checkMaySave(asking);
      checkNotGranted(asking, one);
      await endExpression(transaction, one.id);
    });
  return going.map(({ id, name = "" }) => expressionChange({ name, id, change: "remove", details: [] }));
}
