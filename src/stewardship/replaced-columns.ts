/**
 * Parameters and terms of a column that another one of the same name replaces in its table: the new one has them, too. It
 * does not get the judgement that its values are not personal: the new values may be of another kind.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { attachments, attachTerm } from "./glossary.ts";
import { isFlagged } from "../governance/is-flagged.ts";
import { parametersOf, setParameters, type Described } from "./parameters.ts";

interface Replaced {
  readonly tableId: string;
  /** The new field ids by the earlier ones. */
  readonly fieldIds: ReadonlyMap<number, number>;
}

export async function keepSaid(transaction: Kysely<Tables>, { tableId, fieldIds }: Replaced): Promise<void> {
  const now = ({ fieldId = 0 }: Described): Described | undefined => {
    const id = fieldIds.get(fieldId);
    return id === undefined ? undefined : { kind: "table", id: tableId, fieldId: id };
  };
  const parameters = await parametersOf(transaction, [tableId]);
  for (const { on: was, key, value, origin } of parameters) {
    const on = now(was);
    const isKnown = parameters.some((one) => one.key === key && one.on.fieldId === on?.fieldId);
    if (on === undefined || isKnown || (key === "pii_flag" && !isFlagged(value))) continue;
    await setParameters(transaction, [{ on, key, value }], { by: null, origin });
  }
  for (const { term, on: was, origin } of await attachments(transaction, { ids: [tableId] })) {
    const on = now(was);
    if (on !== undefined) await attachTerm(transaction, { termId: term.id, on }, { by: null, origin });
  }
}
