/** Alerts about tables that are late: which tables they name, how often they are sent, and when they end. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import { HeadgateError } from "../errors.ts";
import type { Alert } from "./alert.ts";
import { watchFreshness } from "./alerts.ts";
import type { TroubledView } from "./views/view-alerts.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const { name } of await lake.context.sources.list()) await lake.context.sources.remove(name);
});

let sources = 0;
const connect = (): Promise<ConnectedSource> =>
  lake.connect(`due${++sources}`, { a: labelledTable(3), b: labelledTable(1) });
const obstacle = { code: "SOURCE_TABLE_LOCKED", message: "somebody holds it", remedy: "wait" } as const;

/** The views that nobody can read at the moment. */
let troubled: readonly TroubledView[] = [];

describe("alerts", () => {
  /** A channel that keeps what it was sent, and fails as often as it is told to. */
  function watch(name: string, failures = 0) {
    const sent: (readonly Alert[])[] = [];
    const troubles: string[] = [];
    let left = failures;
    const channel = {
      name,
      async send(alerts: readonly Alert[]) {
        if (left-- > 0) throw new HeadgateError("ALERT_NOT_SENT");
        sent.push(alerts);
      },
    };
    const open = () =>
      watchFreshness({
        db: lake.context.db,
        channels: [channel],
        troubledViews: async () => troubled,
        onTrouble: ({ code }) => void troubles.push(code),
      });
    /** Looks once, however often it would look again. */
    const once = async (): Promise<void> => {
      await open()[Symbol.asyncDispose]();
    };
    return { sent, troubles, once };
  }
  const late = async (shop: ConnectedSource): Promise<void> => {
    await lake.context.sources.change(shop.name, { freshness: 60 });
    const moved = new Date(Date.now() - 3_600_000);
    const { id } = await shop.registered();
    await lake.context.db.updateTable("positions").set({ moved_at: moved }).where("source_id", "=", id).execute();
  };

  test("are sent once per channel when nobody can read a view, and once when it can be read again", async () => {
    const view = { id: "7f000000-0000-4000-8000-000000000001", name: "shop.v", owner: "olga", why: "a column is gone" };
    const { sent, once } = watch("views");
    for (const views of [[view], [view], [], []]) {
      troubled = views;
      await once();
    }
    const { id: _id, name, ...rest } = view;
    expect(sent).toEqual([
      [{ state: "view unreadable", view: name, ...rest }],
      [{ state: "view readable again", view: name, ...rest }],
    ]);
  });

  test("are sent once per channel when a table is late, and once when it is fresh again", async () => {
    const shop = await connect();
    await shop.sync();
    await late(shop);
    const [one, two] = [watch("one"), watch("two")];
    await one.once();
    await one.once();
    expect(one.sent).toMatchObject([
      [
        { state: "late", source: shop.name, table: "main.a", target: "1m", error: undefined },
        { state: "late", source: shop.name, table: "main.b" },
      ],
    ]);
    await two.once();
    expect(two.sent).toHaveLength(1);
    await shop.sync();
    await one.once();
    await one.once();
    expect(one.sent).toHaveLength(2);
    expect(one.sent[1]).toMatchObject([
      { state: "fresh again", table: "main.a" },
      { state: "fresh again", table: "main.b" },
    ]);
    await late(shop);
    await one.once();
    expect(one.sent).toHaveLength(3);
  });

  test("are sent again until the channel takes them, and not at all if the table is fresh by then", async () => {
    const shop = await connect();
    await shop.sync();
    await late(shop);
    const channel = watch("failing", 2);
    await channel.once();
    expect(channel.troubles).toEqual(["ALERT_NOT_SENT"]);
    await shop.sync();
    await channel.once();
    expect(channel.sent).toEqual([]);
    await late(shop);
    await channel.once();
    await channel.once();
    expect(channel.sent).toMatchObject([[{ state: "late" }, { state: "late" }]]);
  });

  test("are of the table of that source, schema and name, and of no other", async () => {
    const tables = { "main.a": labelledTable(1), "main.b": labelledTable(1), "other.a": labelledTable(1) };
    const [first, second] = [await lake.connect("first", tables), await lake.connect("second", tables)];
    for (const shop of [first, second]) {
      await shop.sync();
      await late(shop);
    }
    const channel = watch("exact");
    await channel.once();
    expect(channel.sent[0]).toHaveLength(6);
    await first.sync({ patterns: ["main.a"] });
    await second.sync({ patterns: ["other.a", "main.b"] });
    await channel.once();
    expect(channel.sent[1]).toMatchObject([
      { state: "fresh again", source: "first", table: "main.a" },
      { state: "fresh again", source: "second", table: "main.b" },
      { state: "fresh again", source: "second", table: "other.a" },
    ]);
    expect(channel.sent[1]).toHaveLength(3);
  });

  test("say why the last sync failed, while the table is late", async () => {
    const shop = await connect();
    await shop.sync();
    shop.source.set("b", undefined);
    shop.source.set("a", labelledTable(3, { obstacle }));
    await shop.sync();
    await late(shop);
    const channel = watch("told");
    await channel.once();
    expect(channel.sent[0]?.[0]).toMatchObject({ table: "main.a", error: "SOURCE_TABLE_LOCKED: somebody holds it" });
    const { id } = await shop.registered();
    await lake.context.db.updateTable("positions").set({ moved_at: new Date() }).where("source_id", "=", id).execute();
    await channel.once();
    expect(channel.sent[1]?.[0]).toMatchObject({ state: "fresh again", error: undefined });
  });
});
