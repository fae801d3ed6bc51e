/** Protects the HTTP door when others than the owner of the data directory can connect. */
import { messageOf } from "../base/thrown.ts";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { checkKeyFile } from "../base/private-path.ts";
import type { Config } from "../config.ts";
import type { DoorGuard } from "../doors/http/http-door.ts";
import { HeadgateError } from "../errors.ts";

/** Throws SETTING_INVALID for an unusable certificate or key, KEY_FILE_EXPOSED if others can read the key. */
export async function doorGuard({ tls, requestsPerMinute, trustsProxy, log }: Config): Promise<DoorGuard> {
  const common = { requestsPerMinute, trustsProxy, logsRequests: log === "debug" };
  if (tls === undefined) return { ...common, tls: undefined };
  const [cert, key] = await Promise.all([readPem(tls.certificate), readPem(tls.key)]);
  await checkKeyFile(tls.key);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const message = `these files are not a certificate and its key: ${messageOf(cause)}`;
    throw new HeadgateError("SETTING_INVALID", { place: `${tls.certificate}, ${tls.key}`, message, cause });
  }
  return { ...common, tls: { cert, key } };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new HeadgateError("SETTING_INVALID", { place: path, message: "this file cannot be read", cause });
  }
}
