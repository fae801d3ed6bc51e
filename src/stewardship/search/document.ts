/**
 * The document of a thing: everything that the search can find of it, compare it by, and count it in. Pure: it follows
 * from what is stored of the thing and nothing else. It says nothing about who may know of it.
 */
import type { FoundKind, StoredColumn, StoredText } from "../../db/search-rows.ts";
import type { MarkName } from "../../db/tables.ts";
import type { NamedSteward } from "../../governance/stewards.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import type { Said } from "../said-of.ts";
import type { SensitivityClass } from "../sensitivity.ts";

export interface SearchDocument {
  readonly id: string;
  readonly kind: FoundKind;
  readonly accountId: string;
  readonly databaseId: string | null;
  readonly name: string;
  readonly mark: MarkName | null;
  readonly sensitivity: SensitivityClass;
  /** As people write them. */
  readonly owners: readonly string[];
  /** `key=value`, inherited ones included. */
  readonly tags: readonly string[];
  readonly columns: readonly StoredColumn[];
  readonly historyOf: string | null;
  readonly parts: readonly StoredText[];
}

/** A tag as it is given to a thing or to one of its columns. */
export interface NamedTag {
  readonly fieldId: number | undefined;
  readonly key: string;
  readonly value: string;
}

export interface ThingFacts extends Pick<
  SearchDocument,
  "id" | "kind" | "accountId" | "databaseId" | "name" | "sensitivity" | "columns" | "historyOf"
> {
  /** The name of a table's database. */
  readonly database: string | undefined;
  readonly said: Said;
  /** For a table: what is said of its database. */
  readonly above: Said | undefined;
  readonly tags: readonly NamedTag[];
  readonly tagsAbove: readonly NamedTag[];
}

export function documentOf(facts: ThingFacts): SearchDocument {
  const { id, kind, accountId, databaseId, name, sensitivity, columns, historyOf, said } = facts;
  return {
    id,
    kind,
    accountId,
    databaseId,
    name,
    mark: said.mark?.mark ?? null,
    sensitivity,
    owners: answering(facts, "owner"),
    tags: effectiveTags(facts).toSorted(),
    columns,
    historyOf,
    parts: textsOf(facts).filter(({ text }) => text.trim() !== ""),
  };
}

function textsOf(facts: ThingFacts): readonly StoredText[] {
  const { name, database, columns, said, tags } = facts;
  const labels = [
    ...(database === undefined ? [] : [database]),
    ...answering(facts, "owner"),
    ...answering(facts, "steward"),
    ...effectiveTags(facts).toSorted(),
    ...(said.mark === undefined ? [] : [said.mark.mark]),
  ];
  return [
    { level: "name", text: name },
    ...labels.map((text): StoredText => ({ level: "label", text })),
    ...textsSaid(said, undefined),
    ...columns.flatMap(({ id: fieldId, name: column, doc = "" }): readonly StoredText[] => [
      { level: "column", text: column, fieldId },
      { level: "text", text: doc, fieldId },
      ...tags
        .filter((tag) => tag.fieldId === fieldId)
        .map((tag): StoredText => ({ level: "label", text: tagText(tag), fieldId })),
      ...textsSaid(said, fieldId),
    ]),
  ];
}

/** Who owns something is looked for as a label, and every other text as a description. */
const labelKeys: ReadonlySet<string> = new Set(["data_owner", "data_owner_name"]);

function textsSaid(said: Said, fieldId: number | undefined): readonly StoredText[] {
  const at = fieldId === undefined ? {} : { fieldId };
  const terms = said.attachments.filter(({ on }) => on.fieldId === fieldId).map(({ term }) => term.name);
  return [
    ...terms.map((text): StoredText => ({ level: "label", text, ...at })),
    { level: "text", text: said.comment(fieldId) ?? "", ...at },
    ...said.parameters
      .filter(({ on }) => on.fieldId === fieldId)
      .map(({ key, value }): StoredText => {
        if (labelKeys.has(key)) return { level: "label", text: value, ...at };
        return { level: "text", text: key === "description" ? value : `${key} ${value}`, ...at };
      }),
  ];
}

/** A table without an owner of its own has its database's; somebody who was removed counts as nobody. */
function answering({ said, above }: ThingFacts, role: NamedSteward["role"]): readonly string[] {
  const present = (of: Said | undefined) => (of?.stewards ?? []).filter((one) => one.role === role && !one.isGone);
  const own = present(said);
  return (own.length > 0 ? own : present(above)).map(principalLabel).toSorted();
}

/** A table's own tags replace those of the same keys that its database has. */
function effectiveTags({ tags, tagsAbove }: ThingFacts): readonly string[] {
  const own = tags.filter(({ fieldId }) => fieldId === undefined);
  const inherited = tagsAbove.filter(
    ({ fieldId, key }) => fieldId === undefined && !own.some((one) => one.key === key),
  );
  return [...own, ...inherited].map(tagText);
}

function tagText({ key, value }: NamedTag): string {
  return `${key}=${value}`;
}
