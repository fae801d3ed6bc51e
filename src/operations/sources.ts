/** Operations on sources: connect, test, look, forget. No answer ever holds a password. */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { tablesOfSource } from "../catalog/table-summary.ts";
import { HeadgateError } from "../errors.ts";
import type { RegisteredSource } from "../sync/source-registry.ts";
import type { Check, SourceObject } from "../sync/source.ts";
import { matchesAny } from "../sync/table-pattern.ts";
import { operation } from "./operation.ts";

/** Taken in by the next sync; shown by it and left until named; left. */
const newTables = z.enum(["auto", "ask", "ignore"]);

const named = z.strictObject({ name: z.string() });

export interface PresentedSource {
  readonly name: string;
  readonly connector: string;
  readonly url: string;
  readonly newTables: "auto" | "ask" | "ignore";
  /** In seconds. */
  readonly freshness: number | null;
  /** The file it was declared in; null where a command connected it. */
  readonly origin: string | null;
  readonly createdAt: string;
}

export const sourceAdd = operation({
  name: "source.add",
  summary: "Connect a database as a source; the connection is tried first",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    url: z.string(),
    password: z.string().optional(),
    newTables: newTables.default("auto"),
  }),
  async run({ sources }, { name, url, password, newTables: policy }) {
    const server = await using(await sources.openAddress({ url, password }), async (source) => source.server);
    return { source: present(await sources.add({ name, url, password, newTables: policy })), server };
  },
});

export const sourceSet = operation({
  name: "source.set",
  summary: "Say what becomes of new tables of a source, and how old its tables may be",
  action: "administer",
  input: named.extend({
    newTables: newTables.optional(),
    /** In seconds; null for no end. */
    freshness: z.number().int().positive().nullish(),
  }),
  async run({ sources }, { name, ...change }) {
    return { source: present(await sources.change(name, change)) };
  },
});

export const sourceList = operation({
  name: "source.list",
  summary: "List the sources",
  action: "watch",
  input: z.strictObject({}),
  async run({ sources }) {
    return { sources: (await sources.list()).map(present) };
  },
});

export const sourceShow = operation({
  name: "source.show",
  summary: "Show one source and the tables it feeds",
  action: "watch",
  input: named,
  async run({ sources, catalog }, { name }) {
    const source = await sources.get(name);
    return { source: present(source), tables: await tablesOfSource(catalog, source.id) };
  },
});

export const sourceRemove = operation({
  name: "source.remove",
  summary: "Forget a source; its tables stay in the lake",
  action: "administer",
  input: named,
  async run({ sources }, { name }) {
    await sources.remove(name);
    return { removed: name };
  },
});

export const sourceTest = operation({
  name: "source.test",
  summary: "Check every precondition of loading and of change capture, with what mends it",
  action: "operate",
  input: named,
  async run(
    { sources },
    { name },
  ): Promise<{ server: { product: string; version: string }; checks: readonly Check[] }> {
    return using(await sources.open(await sources.get(name)), async (source) => ({
      server: source.server,
      checks: await source.test(),
    }));
  },
});

export const sourceDiscover = operation({
  name: "source.discover",
  summary: "List what the source holds, without loading anything",
  action: "operate",
  input: named.extend({ tables: z.array(z.string()).default([]) }),
  async run({ sources }, { name, tables }): Promise<{ objects: readonly SourceObject[] }> {
    const objects = await using(await sources.open(await sources.get(name)), (source) => source.discover());
    const found = objects.filter((object) => matchesAny(tables, object.name));
    if (tables.length > 0 && found.length === 0)
      throw new HeadgateError("SOURCE_TABLE_NOT_FOUND", { place: `${name}: ${tables.join(", ")}` });
    return { objects: found };
  },
});

function present(source: RegisteredSource): PresentedSource {
  const { name, connector, url, newTables: policy, freshness = null, origin = null, createdAt } = source;
  return { name, connector, url, newTables: policy, freshness, origin, createdAt: createdAt.toISOString() };
}
