/** Operations that give things tags, take them away, and show what has which. */
import { z } from "zod";
import { visible } from "../../governance/resource.ts";
import type { Asking } from "../../governance/asking.ts";
import { tagsOfThing, type TagOfThing } from "../../governance/tag-evidence.ts";
import type { Policy } from "../../governance/policy.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { knownTo } from "../known-to.ts";
import type { Call } from "../operation.ts";
import { operation } from "../operation.ts";
import { resourceMissingCodes } from "../access/granted-on.ts";
import { assignTags, type WantedTags } from "./assign-tags.ts";
import { findKey, findTerm, findValue, mayKnowValue } from "./find-tag.ts";
import { preview, previewOf } from "./preview.ts";
import { inTagChange } from "./tag-change.ts";
import { findTagged, type TaggedThing } from "./tagged-resource.ts";
import { parseTerm } from "../../governance/tag-text.ts";

const on = z
  .string()
  .min(1)
  .describe("database.table, database <name>, or source <name> for the databases made for it.");
const column = z.string().min(1).optional().describe("One column of the table.");
const plan = z.boolean().default(false).describe("Only show what would change, and for whom.");

const changedTags = z.strictObject({
  on: z.string(),
  added: texts.describe("As key=value."),
  removed: texts,
  ...preview,
  changed: z.boolean(),
});

const errors = [...ofTable, ...resourceMissingCodes, "TAG_NOT_FOUND", "TAG_INVALID"] as const;

export const tagSet = operation({
  name: "tag.set",
  summary:
    "Give a database, a table or a column tags, in place of what it has of the same keys; a plan shows what it opens and closes, and for whom",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    on,
    column,
    tags: z.array(z.string()).min(1).describe("As key=value, or key=value,value where the key allows several."),
    plan,
  }),
  output: changedTags,
  errors: [...errors],
  resources: () => [visible],
  async run(context, input, call) {
    return changeTags(context, input, call, (asking, { accountId }) =>
      input.tags.map((word) => findTerm(asking, accountId, parseTerm(word))),
    );
  },
});

export const tagUnset = operation({
  name: "tag.unset",
  summary: "Take tags of its own from a database, a table or a column, which then has what it inherits",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    on,
    column,
    tags: z.array(z.string().min(1)).min(1).describe("Keys, or key=value for one of several values."),
    plan,
  }),
  output: changedTags,
  errors: [...errors],
  resources: () => [visible],
  async run(context, input, call) {
    return changeTags(context, input, call, (asking, thing) => without(asking, thing, input.tags));
  },
});

/** The own tags of each key that are left. */
function without(asking: Asking, thing: TaggedThing, words: readonly string[]): readonly WantedTags[] {
  const { assigned, values } = asking.policy.tags;
  const own = (assigned.get(thing.id) ?? []).filter(({ fieldId }) => fieldId === thing.fieldId);
  const going = words.map((word) => {
    if (!word.includes("=")) return { key: findKey(asking, thing.accountId, word), ids: undefined };
    const term = parseTerm(word);
    const key = findKey(asking, thing.accountId, term.key);
    return { key, ids: new Set(term.values.map((name) => findValue(asking, key, name).id)) };
  });
  return going.map(({ key, ids }) => ({
    key,
    values: own
      .filter(({ keyId, valueId }) => keyId === key.id && ids !== undefined && !ids.has(valueId))
      .map(({ valueId }) => values.get(valueId))
      .filter((value) => value !== undefined),
  }));
}

interface AskedTags {
  readonly on: string;
  readonly column?: string | undefined;
  readonly tags: readonly string[];
  readonly plan: boolean;
}

async function changeTags(
  context: Context,
  input: AskedTags,
  { asking, record }: Pick<Call, "asking" | "record">,
  wanted: (asking: Asking, thing: TaggedThing) => readonly WantedTags[],
): Promise<z.infer<typeof changedTags>> {
  record({ ...input });
  const thing = await findTagged(context, asking, input);
  record({ about: [{ kind: thing.place.kind, name: thing.label, id: thing.id }] });
  const { made, step } = await inTagChange(context, { asking, plan: input.plan }, ({ transaction, asking: now }) =>
    assignTags({ transaction, asking: now, origin: null }, thing, wanted(now, thing)),
  );
  const { opensToSelf, ...shown } = await previewOf(context, asking, step);
  const [added, removed] = [made.added, made.removed].map((ids) => tagNames(step.after, ids));
  const isChange = made.added.length + made.removed.length > 0;
  record({ plan: input.plan || !isChange, added, removed, isSelfGrant: opensToSelf, access: shown.access.length });
  return { on: thing.label, added: added ?? [], removed: removed ?? [], ...shown, changed: isChange && !input.plan };
}

export function tagNames({ tags }: Policy, valueIds: readonly string[]): readonly string[] {
  return valueIds
    .map((id) => {
      const value = tags.values.get(id);
      return `${tags.keys.get(value?.keyId ?? "")?.name ?? ""}=${value?.name ?? ""}`;
    })
    .toSorted();
}

const presentedTag = z
  .strictObject({
    tag: z.string().describe("As key=value."),
    from: z.enum(["source", "database", "table", "column"]).describe("The level that has it."),
    inherited: z.boolean(),
    sensitive: z.boolean().describe("Whether grants that cover a column with it say so."),
    origin: z
      .string()
      .nullable()
      .describe("yaml for headgate.yaml, source for the defaults of its source; null for a command."),
  })
  .meta({ title: "TagOfThing" });

export const tagShow = operation({
  name: "tag.show",
  summary: "Show the tags of a database, or of a table and its columns: their own, and those that they inherit",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ on }),
  output: z.strictObject({
    on: z.string(),
    tags: list(presentedTag),
    columns: list(z.strictObject({ column: z.string(), tags: list(presentedTag) })).describe("For a table."),
  }),
  errors: [...ofTable, ...resourceMissingCodes],
  resources: () => [visible],
  async run(context, input, { asking }) {
    const thing = await findTagged(context, asking, input);
    const { place, table, label } = thing;
    if (place.kind === "source") return { on: label, tags: ownOfSource(asking, place.id), columns: [] };
    const { policy } = asking;
    const level = place.kind;
    const isColumn = thing.entry === undefined ? () => false : knownTo(asking)(thing.entry).isColumn;
    const fields = table === undefined ? [] : currentSchema(table.metadata).fields.filter(({ id }) => isColumn(id));
    return {
      on: label,
      tags: presentAll(asking, { resourceId: place.id, level }, tagsOfThing(policy, place, undefined)),
      columns: fields.map(({ id, name }) => ({
        column: name,
        tags: presentAll(
          asking,
          { resourceId: place.id, level: "column", fieldId: id },
          tagsOfThing(policy, place, id),
        ),
      })),
    };
  },
});

interface ShownLevel {
  readonly resourceId: string;
  readonly level: "database" | "table" | "column";
  readonly fieldId?: number;
}

function presentAll(
  asking: Asking,
  at: ShownLevel,
  tags: readonly TagOfThing[],
): readonly z.infer<typeof presentedTag>[] {
  const { keys, values, assigned } = asking.policy.tags;
  return tags
    .flatMap(({ keyId, valueId, from }) => {
      const [key, value] = [keys.get(keyId), values.get(valueId)];
      if (key === undefined || value === undefined || !mayKnowValue(asking, key, value)) return [];
      const own = (assigned.get(at.resourceId) ?? []).find(
        (one) => one.valueId === valueId && one.fieldId === (from === "column" ? at.fieldId : undefined),
      );
      const origin = from === at.level ? (own?.origin ?? null) : null;
      const tag = `${key.name}=${value.name}`;
      return [{ tag, from, inherited: from !== at.level, sensitive: value.isSensitive, origin }];
    })
    .toSorted((one, other) => one.tag.localeCompare(other.tag));
}

function ownOfSource(asking: Asking, id: string): readonly z.infer<typeof presentedTag>[] {
  const { keys, values, assigned } = asking.policy.tags;
  return (assigned.get(id) ?? []).flatMap(({ keyId, valueId, origin = null }) => {
    const [key, value] = [keys.get(keyId), values.get(valueId)];
    if (key === undefined || value === undefined || !mayKnowValue(asking, key, value)) return [];
    const tag = `${key.name}=${value.name}`;
    return [{ tag, from: "source" as const, inherited: false, sensitive: value.isSensitive, origin }];
  });
}
