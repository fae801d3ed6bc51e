/** Searching the audit log. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  change,
  queryBegin,
  queryEnd,
  startAuditServer,
  type AuditDatabase,
  type AuditServer,
} from "../../test/world/audit-database.ts";
import { findEvents, type EventSearch } from "./find-events.ts";

let server: AuditServer;
let at: AuditDatabase;
let now: string;

beforeAll(async () => {
  server = await startAuditServer();
  at = await server.open(() => now);
  const record = async (time: string, ...events: readonly Parameters<AuditDatabase["audit"]["record"]>[0][]) => {
    now = `2026-${time}.000000Z`;
    for (const event of events) await at.audit.record(event);
  };
  await record("01-31T10:00:00", change("ben"), change("100%_sure"));
  await record(
    "02-01T10:00:00",
    queryBegin("7f000000-0000-4000-8000-000000000001", "select Secret_Plan from shop.orders"),
  );
  await record("02-02T10:00:00", queryEnd("7f000000-0000-4000-8000-000000000001"), change("clara", "user.add"));
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function found(search: Partial<EventSearch>): Promise<readonly number[]> {
  return (await findEvents(at.db, { limit: 100, ...search })).map(({ sequence }) => sequence);
}

test("newest first, a page at a time", async () => {
  expect(await found({})).toEqual([5, 4, 3, 2, 1]);
  expect(await found({ limit: 2 })).toEqual([5, 4]);
  expect(await found({ limit: 2, before: 4 })).toEqual([3, 2]);
  expect(await found({ before: 1 })).toEqual([]);
});

test.each<[Partial<EventSearch>, readonly number[]]>([
  [{ by: "ann" }, [4, 3]],
  [{ by: "local" }, [5, 2, 1]],
  [{ by: "An" }, []],
  [{ principalId: "0193a1f0-0000-7000-8000-000000000001" }, [4, 3]],
  [{ principalId: "0193a1f0-0000-7000-8000-00000000ffff" }, []],
  [{ table: "shop.orders" }, [3]],
  [{ table: "shop.order" }, []],
  [{ kind: "change" }, [5, 2, 1]],
  [{ kind: "query end" }, [4]],
  [{ operation: "user.add" }, [5]],
  [{ since: new Date("2026-02-01T10:00:00Z") }, [5, 4, 3]],
  [{ until: new Date("2026-02-01T10:00:00Z") }, [2, 1]],
  [{ text: "secret_plan" }, [3]],
  [{ text: "secretXplan" }, []],
  [{ text: "100%_" }, [2]],
  [{ text: "100__" }, []],
  [{ text: "\\" }, []],
  [{ text: "clara", by: "local", operation: "user.add", kind: "change" }, [5]],
  [{ text: "clara", by: "ann" }, []],
  [{ text: "' or true --" }, []],
])("%o", async (search, sequences) => {
  expect(await found(search)).toEqual(sequences);
});
