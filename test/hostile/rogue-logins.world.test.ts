import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("rogue-logins.ts", import.meta.url));
/** A separate network in which 10.9.9.9 is this machine and nothing else can be reached. Only root can create one. */
const ownNetwork = 'ip link set lo up && ip address add 10.9.9.9/32 dev lo && exec "$@"';
const mayMakeNetworks = process.getuid?.() === 0 && existsSync("/usr/bin/unshare") && existsSync("/usr/sbin/ip");

async function logIns(words: readonly string[]): Promise<unknown[]> {
  const [file = "", ...rest] = words;
  const { stdout } = await promisify(execFile)(file, rest);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

test.runIf(mayMakeNetworks)("a server that only wants the password does not get it over an open network", async () => {
  const run = ["unshare", "--net", "sh", "-c", ownNetwork, "sh", process.execPath, script, "10.9.9.9"];
  const refused = { ended: "SOURCE_PASSWORD_EXPOSED", learned: false };
  expect(await logIns(run)).toEqual([
    { method: "cleartext", ...refused },
    { method: "caching_sha2_password", ...refused },
    { method: "sha256_password", ...refused },
    { method: "mysql_clear_password", ...refused },
  ]);
});

test("the same servers would have learned it from a client that trusts them, as it trusts this machine", async () => {
  const learned = (await logIns([process.execPath, script, "127.0.0.1"])) as { method: string; learned: boolean }[];
  expect(learned.map((login) => [login.method, login.learned])).toEqual([
    ["cleartext", true],
    ["caching_sha2_password", true],
    ["sha256_password", true],
    ["mysql_clear_password", false],
  ]);
});
