/**
 * The S3 server disappears and returns while schedules run: everything continues by itself, nothing is lost, and
 * nothing is done twice.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askCommand, refusedCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { compareWithLake } from "../world/equality.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { s3ServerKinds, startS3Server, type S3Server } from "../world/s3-server.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

/** This test stops the server for a minute. */
const awayMs = 60_000;

describe.each(s3ServerKinds)("%s", (kind) => {
  let home: string;
  let server: S3Server;
  let source: SampleSource;
  let at: CommandOptions;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-away-"));
    server = await startS3Server(kind);
    Object.assign(process.env, server.environment);
    source = await openSampleSource("postgres", join(home, "source"));
    await source.execute("create table keyed (id int primary key, entry text)");
    await source.execute("create table keyless (entry text, n int)");
    await source.execute("insert into keyed select n, 'entry ' || n from generate_series(1, 50000) n");
    at = {
      data: join(home, "data"),
      environment: {
        SHOP_PASSWORD: source.password,
        HEADGATE_LAKE: `s3://${server.bucket}/lake`,
        HEADGATE_SMALL_FILE: "0",
      },
    };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    await askCommand(["schedule", "set", "minutely", "--source", "shop", "--cron", "* * * * *"], at);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  test("for a minute, while the source changes and workers are killed", async () => {
    let worker = startCommand(["worker"], at);
    let round = 0;
    const change = async (): Promise<void> => {
      round++;
      await source.execute(`insert into keyless values ('same', ${round % 3}), ('same', ${round % 3})`);
      await source.execute(
        `update keyed set entry = 'changed ${round}' where id between ${round * 10} and ${round * 10 + 5}`,
      );
      await source.execute(`delete from keyed where id = ${1_000 + round}`);
    };
    const changing = async (forMs: number): Promise<void> => {
      for (const end = Date.now() + forMs; Date.now() < end; await delay(500)) await change();
    };
    await changing(15_000);
    await server.kill();
    await changing(awayMs / 2);
    worker.process.kill("SIGKILL");
    await worker.result;
    worker = startCommand(["worker"], at);
    await changing(awayMs / 2);
    await server.start();
    await changing(20_000);
    worker.process.kill("SIGTERM");
    await worker.result;
    await askCommand(["sync", "shop"], at);
    await using held = await holdHeadgate({ data: at.data, lake: `s3://${server.bucket}/lake` });
    for (const table of ["keyed", "keyless"])
      expect(await compareWithLake({ source, session: held.session, database: "shop", table })).toMatchObject({
        equal: true,
      });
    expect(await orphans(held.session.context)).toEqual([]);
    const { db } = held.session.context;
    const twice = await db
      .selectFrom("commits")
      .select(({ fn }) => ["run_id", fn.countAll().as("count")])
      .groupBy("run_id")
      .having(({ fn }) => fn.countAll(), ">", 1)
      .execute();
    expect(twice).toEqual([]);
  });

  test("a lake that cannot be reached or written is told with its code, and nothing is half there", async () => {
    const other = (environment: Record<string, string>): CommandOptions => ({
      data: join(home, "other"),
      environment: { ...at.environment, ...environment },
    });
    const add = ["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"];
    await askCommand(add, other({}));
    const refused = (environment: Record<string, string>) => refusedCommand(["sync", "shop"], other(environment));
    expect(await refused({ HEADGATE_LAKE: "s3://no-such-bucket/lake" })).toMatchObject({
      code: "STORE_BUCKET_MISSING",
    });
    expect(await refused({ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" })).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(await refused({ AWS_SECRET_ACCESS_KEY: "wrong" })).toMatchObject({ code: "STORE_LOGIN_REFUSED" });
    expect(await refused({ HEADGATE_LAKE: "s3://UPPER" })).toMatchObject({ code: "SETTING_INVALID" });
    expect(await askCommand(["table", "list"], other({}))).toEqual({ tables: [] });
    expect(await askCommand(["sync", "shop"], other({ HEADGATE_LAKE: `s3://${server.bucket}/other` }))).toMatchObject({
      tables: [{ outcome: "created" }, { outcome: "created" }],
    });
  });
});
