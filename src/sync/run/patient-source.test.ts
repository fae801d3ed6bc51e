import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { patientConnector } from "./patient-source.ts";
import type { Connector, Cut, Source } from "../source.ts";

const never = new Promise<never>(() => undefined);
const address = { url: new URL("mariadb://reader@db.example.org:3306/shop"), password: undefined };

/** A source that never answers, and records when it is closed. */
function silentConnector(parts: Partial<Source>, { opensAfterMs = 0 } = {}) {
  const closed: string[] = [];
  const silence = { identity: () => never, test: () => never, discover: () => never, hidden: () => never };
  const source = {
    ...silence,
    describe: () => never,
    openCut: () => never,
    ...parts,
    [Symbol.asyncDispose]: async () => void closed.push("source"),
  } as unknown as Source;
  const connector = { name: "silent", open: () => delay(opensAfterMs, source) } as unknown as Connector;
  return { closed, connector: patientConnector(connector, { openMs: 50, answerMs: 50 }) };
}

test("a server that says nothing is unreachable after a while, and the connection is closed", async () => {
  for (const question of ["identity", "test", "discover", "hidden"] as const) {
    const { connector, closed } = silentConnector({});
    const source = await connector.open(address);
    await expect(source[question]([] as never)).rejects.toMatchObject({
      code: "SOURCE_UNREACHABLE",
      place: "db.example.org:3306",
    });
    expect(closed).toEqual(["source"]);
  }
});

test("what opens too late is closed", async () => {
  const late = silentConnector({}, { opensAfterMs: 150 });
  await expect(late.connector.open(address)).rejects.toMatchObject({ code: "SOURCE_UNREACHABLE" });
  const closed: string[] = [];
  const cut = { [Symbol.asyncDispose]: async () => void closed.push("cut") } as unknown as Cut;
  const { connector } = silentConnector({ openCut: () => delay(150, cut) });
  const source = await connector.open(address);
  await expect(source.openCut({ readers: 1 })).rejects.toMatchObject({ code: "SOURCE_UNREACHABLE" });
  await expect.poll(() => [...late.closed, ...closed]).toEqual(["source", "cut"]);
});

test("questions and answers are handed on as they are", async () => {
  const { connector } = silentConnector({
    test: async (...asked) => [{ name: JSON.stringify(asked), outcome: "ok", found: "" }],
  });
  const source = await connector.open(address);
  const asked = [{ excluded: ["secret"] }] as unknown as Parameters<Source["test"]>;
  expect(await source.test(...asked)).toMatchObject([{ name: JSON.stringify(asked) }]);
});
