/**
 * The sessions that `headgate sign-in` keeps for the commands that follow, one for each server, in a file.
 * Invariant: only this user can read the file, and it is never half written.
 */
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { checkKeyFile } from "../../base/private-path.ts";
import { codeOf } from "../../base/thrown.ts";

export interface KeptSignIn {
  readonly user: string;
  /** `name=value`, as the server set it. */
  readonly cookie: string;
}

type SignIns = Readonly<Record<string, KeptSignIn>>;

/** Undefined if nobody has signed in to the server. Throws KEY_FILE_EXPOSED. */
export async function keptSignIn(file: string, origin: string): Promise<KeptSignIn | undefined> {
  return (await read(file))[origin];
}

export async function keepSignIn(file: string, origin: string, kept: KeptSignIn): Promise<void> {
  await write(file, { ...(await read(file)), [origin]: kept });
}

export async function forgetSignIn(file: string, origin: string): Promise<void> {
  const { [origin]: _forgotten, ...others } = await read(file);
  await write(file, others);
}

async function read(file: string): Promise<SignIns> {
  try {
    await checkKeyFile(file);
    return JSON.parse(await readFile(file, "utf8")) as SignIns;
  } catch (failure) {
    if (codeOf(failure) === "ENOENT") return {};
    throw failure;
  }
}

async function write(file: string, signIns: SignIns): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(draft, `${JSON.stringify(signIns, undefined, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}
