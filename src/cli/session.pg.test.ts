/** A command that comes while the process that holds the data directory ends. */
import { unlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testConfig } from "../../test/world/lake.ts";
import { copyMetadata } from "../../test/world/prepared-metadata.ts";
import { silent } from "../base/progress.ts";
import { status } from "../operations/status.ts";

import { openSession } from "./session.ts";

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "headgate-session-"));
  copyMetadata(data);
});
afterAll(() => rm(data, { recursive: true, force: true }));

test("a command holds the directory itself if its holder ends between answering and being checked", async () => {
  const socket = join(data, "headgate.sock");
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  let connections = 0;
  const ending = createServer((connection) => {
    connections++;
    unlinkSync(socket);
    connection.destroy();
    ending.close();
  });
  await new Promise<void>((resolve) => ending.listen(socket, resolve));
  await using session = await openSession({ config: testConfig({ data }), connectors: async () => [] });
  expect(connections).toBe(1);
  expect(await session.call(status, {}, call)).toMatchObject({ sources: [] });
});
