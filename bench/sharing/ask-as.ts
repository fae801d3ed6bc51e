/** Performs operations as people of the populated lake, as a door does, and takes the time. */
import { must } from "../../src/base/must.ts";
import { silent } from "../../src/base/progress.ts";
import { mainAccount } from "../../src/db/tables.ts";
import type { Principal } from "../../src/identity/principal.ts";
import type { Context } from "../../src/operations/context.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { perform } from "../../src/operations/perform.ts";
import { rounded } from "../headgate.ts";

/** In their own account, or in main. */
export async function principalNamed({ policies }: Context, name: string, accountId = mainAccount): Promise<Principal> {
  const { principals } = await policies.current();
  const { id } = must(
    [...principals.values()].find((one) => one.kind === "user" && one.name === name),
    name,
  );
  return { kind: "user", id, name, role: "none", accountId, mustChangePassword: false };
}

/** Milliseconds. */
export async function timeOf<Input, Output>(
  context: Context,
  asked: { readonly operation: Operation<Input, Output>; readonly principal: Principal; readonly input: unknown },
): Promise<number> {
  const listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const began = performance.now();
  await perform(context, { ...asked, listener });
  return performance.now() - began;
}

/** Milliseconds. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return rounded(must(sorted[Math.floor(sorted.length * share)], "a measurement"), 1);
}
