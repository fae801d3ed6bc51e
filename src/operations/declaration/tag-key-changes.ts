/** Changes that make tag keys and their values as declared. */
import { keyNamed, valuesOf, type TagKey } from "../../governance/tag-policy.ts";
import { changeKey, changeValue, endValue, insertKey, insertValue } from "../../governance/tag-store.ts";
import type { AccessChange } from "../access/access-change.ts";
import { ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { checkMay, checkMayDefine, checkSingle, removeKey } from "../tags/tag-keys.ts";
import { checkUnused } from "../tags/tag-in-use.ts";
import type { DeclaredAccess, DeclaredTag } from "./declared-access.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

type DeclaredTags = DeclaredAccess["tags"];

/** Throws what the operations `tag.add` and `tag.change` throw, and DECLARATION_INVALID. */
export async function changeTagKeys(
  work: AccessWork,
  tags: DeclaredTags,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const changes: AccessChange[] = [];
  for (const [name, wanted] of Object.entries(tags))
    changes.push(...(await placed(placeOf(["tags", name]), () => makeKey(work, name, wanted))));
  return changes;
}

async function makeKey(work: AccessWork, name: string, wanted: DeclaredTag): Promise<readonly AccessChange[]> {
  const { asking, origin } = work;
  const known = keyNamed(asking.policy.tags, asking.accountId, name);
  if (known === undefined) return [await addKey(work, name, wanted)];
  if (known.origin !== origin) throw ofAnother(`the tag ${name}`, known.origin ?? null);
  const before = wordsOf(work, known);
  const after = declaredWords(wanted);
  // Values that are no longer declared go at the end, when nothing has them any more.
  const kept = before.values.filter((value) => !after.values.includes(value));
  const details = differences(before, { ...after, values: [...after.values, ...kept] });
  if (details.length === 0) return [];
  checkMay(asking, "ALTER", known);
  await storeKey(work, known, wanted);
  return [tagChange({ name, id: known.id, change: "change", details })];
}

async function addKey(work: AccessWork, name: string, wanted: DeclaredTag): Promise<AccessChange> {
  const { asking, transaction, origin, by } = work;
  const accountId = checkMayDefine(asking);
  const { values, sensitive, multiple: isMultiple, description = null } = wanted;
  const id = await insertKey(transaction, { accountId, name, description, isMultiple, origin, by });
  for (const value of new Set(values))
    await insertValue(transaction, { keyId: id, name: value, isSensitive: sensitive.includes(value) });
  const none = { values: [], sensitive: [], multiple: "", description: "" };
  return tagChange({ name, id, change: "add", details: differences(none, declaredWords(wanted)) });
}

async function storeKey({ asking, transaction }: AccessWork, key: TagKey, wanted: DeclaredTag): Promise<void> {
  const { values, sensitive, multiple: isMultiple, description = null } = wanted;
  if (key.isMultiple && !isMultiple) checkSingle(asking, key);
  await changeKey(transaction, key.id, { description, isMultiple });
  const known = valuesOf(asking.policy.tags, key.id);
  for (const name of new Set(values)) {
    const isSensitive = sensitive.includes(name);
    const value = known.find((one) => one.name === name);
    if (value === undefined) await insertValue(transaction, { keyId: key.id, name, isSensitive });
    else if (value.isSensitive !== isSensitive) await changeValue(transaction, value.id, { isSensitive });
  }
}

interface KeyWords {
  readonly values: readonly string[];
  readonly sensitive: readonly string[];
  readonly multiple: string;
  readonly description: string;
}

function wordsOf({ asking }: AccessWork, key: TagKey): KeyWords {
  const values = valuesOf(asking.policy.tags, key.id);
  return {
    values: values.map(({ name }) => name),
    sensitive: values.filter(({ isSensitive }) => isSensitive).map(({ name }) => name),
    multiple: key.isMultiple ? "yes" : "",
    description: key.description ?? "",
  };
}

function declaredWords({ values, sensitive, multiple, description = "" }: DeclaredTag): KeyWords {
  return { values, sensitive, multiple: multiple ? "yes" : "", description };
}

function differences(before: KeyWords, after: KeyWords): readonly string[] {
  const text = (names: readonly string[]): string => [...new Set(names)].toSorted().join(", ");
  return [
    ...changed("values", text(before.values), text(after.values)),
    ...changed("sensitive", text(before.sensitive), text(after.sensitive)),
    ...changed("multiple", before.multiple, after.multiple),
    ...changed("description", before.description, after.description),
  ];
}

interface OneTag extends Pick<AccessChange, "change" | "details"> {
  readonly name: string;
  readonly id: string;
}

function tagChange({ name, id, change, details }: OneTag): AccessChange {
  return { what: "tag", name, change, details, falls: [], about: [{ kind: "tag", name, id }] };
}

/** After everything that had or named them has changed. Throws TAG_IN_USE, NOT_ALLOWED. */
export async function removeTagKeys(
  work: AccessWork,
  tags: DeclaredTags,
  at: string,
): Promise<readonly AccessChange[]> {
  const { asking, transaction, origin } = work;
  const { policy, accountId } = asking;
  const changes: AccessChange[] = [];
  const own = [...policy.tags.keys.values()].filter((key) => key.origin === origin && key.accountId === accountId);
  for (const key of own) {
    const declared = tags[key.name];
    if (declared === undefined) {
      await placed(at, async () => {
        checkMay(asking, "DROP", key);
        checkUnused(policy, { key });
        await removeKey(transaction, asking, key);
      });
      changes.push(tagChange({ name: key.name, id: key.id, change: "remove", details: [] }));
      continue;
    }
    const going = valuesOf(policy.tags, key.id).filter(({ name }) => !declared.values.includes(name));
    for (const value of going)
      await placed(at, async () => {
        checkMay(asking, "ALTER", key);
        checkUnused(policy, { key, value });
        await endValue(transaction, value.id);
      });
    if (going.length === 0) continue;
    const details = going.map(({ name }) => `without the value ${name}`);
    changes.push(tagChange({ name: key.name, id: key.id, change: "change", details }));
  }
  return changes;
}
