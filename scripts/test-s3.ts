/**
 * `npm run test:s3`: the journeys, and the readers of other engines, with every lake on a real S3 server: versitygw, then MinIO.
 * `-- versitygw` takes one of them; more words choose files. Says so and ends where there is no Go to build them with.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { installServers } from "./install-servers.ts";
import { setUpPeers } from "../test/peers/set-up.ts";
import { s3ServerKinds, startS3Server, type S3ServerKind } from "../test/world/s3-server.ts";

const projects = ["--project", "real", "--project", "long", "--project", "peers"];
const journeys = ["test/journeys", "test/peers/readers.test.ts"];

installServers();
setUpPeers();
const words = process.argv.slice(2);
const chosen = s3ServerKinds.filter((kind) => words.includes(kind));
const files = words.filter((word) => !(s3ServerKinds as readonly string[]).includes(word));
for (const kind of chosen.length > 0 ? chosen : s3ServerKinds) process.exitCode ||= await testOn(kind);

async function testOn(kind: S3ServerKind): Promise<number> {
  console.log(`every lake on ${kind}`);
  await using server = await startS3Server(kind);
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "node_modules/vitest/vitest.mjs",
      "run",
      ...projects,
      ...(files.length > 0 ? files : journeys),
    ],
    {
      stdio: "inherit",
      env: { ...process.env, ...server.environment, HEADGATE_TEST_LAKE: `s3://${server.bucket}/lakes` },
    },
  );
  const [status] = (await once(child, "close")) as [number | null];
  return status ?? 1;
}
