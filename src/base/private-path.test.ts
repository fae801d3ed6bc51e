import { execFileSync } from "node:child_process";
import { chmod, chown, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkKeyFile, checkSocket, temporaryDirectoryOf } from "./private-path.ts";

const me = process.getuid?.() ?? 0;
const nobody = { uid: 65534, gid: 65534 };
const unsafe = { code: "PATH_NOT_PRIVATE" };
let temporary: string;
let before: string | undefined;

beforeEach(async () => {
  temporary = await mkdtemp("/tmp/headgate-private-");
  await chmod(temporary, 0o1777);
  before = process.env["TMPDIR"];
  process.env["TMPDIR"] = temporary;
});
afterEach(async () => {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  await rm(temporary, { recursive: true, force: true });
});

test("a directory of our own, closed to others, the same each time", async () => {
  const path = await temporaryDirectoryOf(me);
  expect(path).toBe(join(temporary, `headgate-${me}`));
  expect((await lstat(path)).mode & 0o777).toBe(0o700);
  expect(await temporaryDirectoryOf(me)).toBe(path);
});

test("is not used where others may list it, where it is a link, or no directory", async () => {
  const path = await temporaryDirectoryOf(me);
  await chmod(path, 0o755);
  await expect(temporaryDirectoryOf(me)).rejects.toMatchObject({ ...unsafe, place: path });
  await rm(path, { recursive: true });
  await mkdir(join(temporary, "elsewhere"), { mode: 0o700 });
  await symlink(join(temporary, "elsewhere"), path);
  await expect(temporaryDirectoryOf(me)).rejects.toMatchObject(unsafe);
  await rm(path);
  await writeFile(path, "");
  await expect(temporaryDirectoryOf(me)).rejects.toMatchObject(unsafe);
});

test("is not used where everybody may rename it", async () => {
  await chmod(temporary, 0o777);
  await expect(temporaryDirectoryOf(me)).rejects.toMatchObject({ ...unsafe, place: temporary });
});

test.runIf(me === 0)("is not used where another user made it first", async () => {
  execFileSync("mkdir", ["-m", "700", join(temporary, `headgate-${me}`)], nobody);
  await expect(temporaryDirectoryOf(me)).rejects.toMatchObject({
    ...unsafe,
    message: "this directory belongs to user 65534, not to user 0",
  });
});

test.runIf(me === 0)("others cannot look into it", async () => {
  const path = await temporaryDirectoryOf(me);
  expect(() => execFileSync("ls", [path], { ...nobody, stdio: "pipe" })).toThrow(/Permission denied/);
});

test.runIf(me === 0)("a socket on which another user listens gets nothing", async () => {
  const path = join(temporary, "a.sock");
  const server = await listening(path);
  await checkSocket(path, [me]);
  await chown(path, nobody.uid, nobody.gid);
  await expect(checkSocket(path, [me])).rejects.toMatchObject({
    ...unsafe,
    message: "this socket belongs to another user (65534)",
  });
  server.close();
});

function listening(path: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(path, () => resolve(server));
  });
}

test.each([0o644, 0o640, 0o604, 0o620])("a key file of ours with mode %o is refused", async (mode) => {
  const path = join(temporary, "key");
  await writeFile(path, "key", { mode: 0o600 });
  await checkKeyFile(path);
  await chmod(path, mode);
  await expect(checkKeyFile(path)).rejects.toMatchObject({ code: "KEY_FILE_EXPOSED", place: path });
});
