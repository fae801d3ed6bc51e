/**
 * Changes that make the processes of sharing as declared, of the lake and of accounts. A declared one replaces what a
 * command has made, as a new version; one that was declared and is not any more ends.
 */
import { accountIdOf } from "../../identity/accounts.ts";
import { listProcesses, putProcess, type StoredProcess } from "../../sharing/process-store.ts";
import type { Process } from "../../sharing/process.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { processOf, wordsOfProcess, type ProcessWords } from "../sharing/process-words.ts";
import { productNames } from "../sharing/products/product-names.ts";
import type { PlaceOf } from "./read-declaration.ts";

/** Throws PROCESS_INVALID, ACCOUNT_NOT_FOUND, NOT_ALLOWED, and what finding an approver throws. */
export async function changeProcesses(
  work: AccessWork,
  declared: Readonly<Record<string, ProcessWords>>,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const changes: AccessChange[] = [];
  const seen = new Set<string | undefined>();
  for (const [name, words] of Object.entries(declared)) {
    const at = placeOf(["processes", name]);
    const accountId = name === "lake" ? undefined : await placed(at, () => accountIdOf(work.transaction, name));
    seen.add(accountId);
    changes.push(...(await placed(at, () => put(work, { name, accountId, words }))));
  }
  const gone = (await listProcesses(work.transaction)).filter(
    ({ accountId, origin }) => origin === work.origin && !seen.has(accountId),
  );
  for (const { accountId } of gone) {
    const name = nameOf(work, accountId);
    await placed(placeOf(["processes"]), () => checkPlace(work, accountId));
    await putProcess(work.transaction, { accountId, process: undefined, by: work.by, origin: work.origin });
    changes.push(change(name, "remove", ["the usual process decides from then on"]));
  }
  return changes;
}

interface Wanted {
  readonly name: string;
  readonly accountId: string | undefined;
  readonly words: ProcessWords;
}

async function put(work: AccessWork, { name, accountId, words }: Wanted): Promise<readonly AccessChange[]> {
  const { transaction, by, origin } = work;
  const before = (await listProcesses(transaction)).find((one) => one.accountId === accountId);
  const process = await processOf(transaction, work.asking, words);
  const { version, isChanged } = await putProcess(transaction, { accountId, process, by, origin });
  if (!isChanged) return [];
  checkPlace(work, accountId);
  const details = [`version ${version ?? 1}`, ...(await ruleDetails(work, before, process))];
  return [change(name, before === undefined ? "add" : "change", details)];
}

/** The rules that differ, as they are written. */
async function ruleDetails(
  { transaction, asking }: AccessWork,
  before: StoredProcess | undefined,
  after: Process,
): Promise<readonly string[]> {
  const names = { policy: asking.policy, productName: await productNames(transaction, asking) };
  const texts = (process: Process | undefined): readonly string[] =>
    process === undefined ? [] : wordsOfProcess(process, names).rules.map((rule) => JSON.stringify(rule));
  const [from, to] = [texts(before?.process), texts(after)];
  return Array.from({ length: Math.max(from.length, to.length) }, (_, index) => index).flatMap((index) =>
    from[index] === to[index] ? [] : [`rule ${index + 1}: ${from[index] ?? "none"} → ${to[index] ?? "none"}`],
  );
}

function checkPlace(work: AccessWork, accountId: string | undefined): void {
  checkAdministers(work, accountId === undefined ? { kind: "lake" } : { kind: "account", id: accountId });
}

function nameOf({ asking }: AccessWork, accountId: string | undefined): string {
  return accountId === undefined ? "lake" : (asking.policy.accounts.get(accountId)?.name ?? "a removed account");
}

function change(name: string, kind: AccessChange["change"], details: readonly string[]): AccessChange {
  return { what: "process", name, change: kind, details, falls: [], about: [] };
}
