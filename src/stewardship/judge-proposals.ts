/**
 * The consequences of confirming or rejecting proposals: the parameters of the columns then say whether they hold
 * personal data. It does not ask whether the caller may.
 * Invariant: a column with a confirmed proposal is flagged. A rejection takes no flag away that somebody set otherwise.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { PiiClass } from "./classify/pii-class.ts";
import { lockDescribed, parametersOf, setParameters, type ParameterChange } from "./parameters.ts";
import { decideProposal, proposalsOf } from "./proposals.ts";

interface Judged {
  readonly tableId: string;
  readonly fieldId: number;
  readonly class: PiiClass;
}

interface Judgement {
  readonly proposals: readonly Judged[];
  readonly state: "confirmed" | "rejected";
  /** A principal's id; null for the owner of the data directory. */
  readonly by: string | null;
}

export async function judgeProposals(transaction: Kysely<Tables>, { proposals, state, by }: Judgement): Promise<void> {
  const tableIds = [...new Set(proposals.map(({ tableId }) => tableId))];
  await lockDescribed(transaction, tableIds);
  const before = await confirmedClasses(transaction, tableIds);
  for (const proposal of proposals) await decideProposal(transaction, { ...proposal, state, by });
  const after = await confirmedClasses(transaction, tableIds);
  const columns = new Map(proposals.map(({ tableId, fieldId }) => [columnKey(tableId, fieldId), { tableId, fieldId }]));
  const flags = await flagsOf(transaction, tableIds);
  const changes = [...columns].flatMap(([key, { tableId, fieldId }]) =>
    parametersFor({ tableId, fieldId }, { before: before.get(key), after: after.get(key), flag: flags.get(key) }),
  );
  await setParameters(transaction, changes, { by, origin: null });
}

function columnKey(tableId: string, fieldId: number): string {
  return `${tableId} ${fieldId}`;
}

/** By column. */
async function flagsOf(transaction: Kysely<Tables>, tableIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const parameters = await parametersOf(transaction, tableIds);
  return new Map(
    parameters.flatMap(({ on: { id, fieldId }, key, value }): [string, string][] =>
      key === "pii_flag" && fieldId !== undefined ? [[columnKey(id, fieldId), value]] : [],
    ),
  );
}

/** Classes by column. */
async function confirmedClasses(
  transaction: Kysely<Tables>,
  tableIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PiiClass[]>> {
  const confirmed = (await proposalsOf(transaction, tableIds)).filter(({ state }) => state === "confirmed");
  const columns = Map.groupBy(confirmed, ({ tableId, fieldId }) => columnKey(tableId, fieldId));
  return new Map([...columns].map(([key, list]) => [key, list.map((proposal) => proposal.class)]));
}

interface Classes {
  readonly before: readonly PiiClass[] | undefined;
  readonly after: readonly PiiClass[] | undefined;
  /** The flag that the column has now. */
  readonly flag: string | undefined;
}

function parametersFor(
  { tableId, fieldId }: Omit<Judged, "class">,
  { before, after, flag }: Classes,
): readonly ParameterChange[] {
  const on = { kind: "table", id: tableId, fieldId } as const;
  const classes = { on, key: "pii_class", value: after?.toSorted().join(",") };
  if (after !== undefined) return [{ on, key: "pii_flag", value: "true" }, classes];
  if (before === undefined) return flag === undefined ? [{ on, key: "pii_flag", value: "false" }] : [];
  return [{ on, key: "pii_flag", value: "false" }, classes];
}

interface Renewed {
  readonly tableId: string;
  readonly fieldIds: readonly number[];
}

/** When a proposal is made again, the column is no longer one of which somebody has said that it holds nothing personal. */
export async function forgetRejections(transaction: Kysely<Tables>, { tableId, fieldIds }: Renewed): Promise<void> {
  if (fieldIds.length === 0) return;
  await lockDescribed(transaction, [tableId]);
  const flags = await flagsOf(transaction, [tableId]);
  const changes = fieldIds
    .filter((fieldId) => flags.get(columnKey(tableId, fieldId)) === "false")
    .map((fieldId) => ({ on: { kind: "table", id: tableId, fieldId } as const, key: "pii_flag", value: undefined }));
  await setParameters(transaction, changes, { by: null, origin: null });
}
