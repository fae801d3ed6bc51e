/**
 * Names for the word at the cursor, requested from the running Headgate, or read from the data directory if no process
 * holds it. It never creates a directory and never waits for one that is being opened; an external metadata database is
 * left to the Headgate running there.
 */
import { existsSync } from "node:fs";
import { silent } from "../../base/progress.ts";
import { resolveConfig, settings, type Flags, type SettingName } from "../../config.ts";
import type { Operation } from "../../operations/operation.ts";
import type { CliParts } from "../cli-parts.ts";
import { openSession, type Session } from "../session.ts";
import type { NameKind } from "./candidates.ts";
import { isPeopleKind, peopleNames } from "./people-names.ts";

interface Asked {
  readonly of: NameKind;
  readonly source: string | undefined;
  /** Flags typed so far, by name. */
  readonly options: Readonly<Record<string, string>>;
}

export async function namesFor(parts: CliParts, { of, source, options }: Asked): Promise<readonly string[]> {
  const config = resolveConfig(flagsOf(options));
  if (!existsSync(config.dataDirectory)) return [];
  const isElsewhere = config.databaseUrl !== undefined;
  const session = await openSession({ ...parts, config, creates: false }, { patienceMs: 0, onlyJoins: isElsewhere });
  try {
    return await ask(session, { of, source });
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

function flagsOf(options: Readonly<Record<string, string>>): Flags {
  const flags: Flags = {};
  for (const [name, { flag }] of Object.entries(settings))
    if (options[flag] !== undefined) flags[name as SettingName] = options[flag];
  return flags;
}

async function ask(session: Session, { of, source }: Pick<Asked, "of" | "source">): Promise<readonly string[]> {
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const calling = <Input, Output>(operation: Operation<Input, Output>, input: Input): Promise<Output> =>
    session.call(operation, input, call);
  if (isPeopleKind(of)) return peopleNames(of, calling);
  if (of === "term") {
    const { termList } = await import("../../operations/stewardship/terms.ts");
    return (await calling(termList, {})).terms.map(({ term }) => term);
  }
  if (of === "tag-key") {
    const { tagList } = await import("../../operations/tags/tag-keys.ts");
    return (await calling(tagList, {})).keys.map(({ key }) => key);
  }
  if (of === "expression") {
    const { expressionList } = await import("../../operations/tags/expressions.ts");
    return (await calling(expressionList, {})).expressions.map(({ name }) => name);
  }
  if (of === "product") {
    const { productList } = await import("../../operations/sharing/products/product-show.ts");
    return (await calling(productList, { limit: 1_000 })).products.map(({ name }) => name);
  }
  const { nameList } = await import("../../operations/names.ts");
  if (of === "thing") {
    const { names: databases } = await calling(nameList, { kind: "database" });
    return [...databases, ...(await calling(nameList, { kind: "table" })).names];
  }
  if (of !== "pattern") return (await calling(nameList, { kind: of })).names;
  return (await calling(nameList, source === undefined ? { kind: "table" } : { kind: "source-table", source })).names;
}
