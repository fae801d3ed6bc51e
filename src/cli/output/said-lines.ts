/** Descriptions of a thing, as lines of a record. */
import type { PresentedColumn, PresentedMark, PresentedTable } from "../../operations/stewardship/present-said.ts";

export function markText(mark: PresentedMark | undefined): string {
  if (mark === undefined) return "";
  const instead = mark.successor === undefined ? "" : `; use ${mark.successor}`;
  return `${mark.mark}: ${mark.reason}${instead}`;
}

type Said = Pick<PresentedTable, "description" | "parameters" | "terms" | "owners" | "stewards" | "mark">;

/** Undefined members are not shown. */
export function saidLines(said: Said): Readonly<Record<string, string | undefined>> {
  const { description, parameters, terms, owners, stewards, mark } = said;
  return {
    description: description?.text,
    "in the source": description?.comment,
    mark: markText(mark) || undefined,
    owners: answeringText(owners),
    stewards: answeringText(stewards),
    parameters: parametersText(parameters) || undefined,
    terms: terms.map(({ term }) => term).join(", ") || undefined,
  };
}

export function parametersText(parameters: PresentedColumn["parameters"]): string {
  return Object.entries(parameters)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}

function answeringText(answering: Said["owners"]): string | undefined {
  const texts = answering.map(({ who, gone, inherited }) => {
    const notes = [...(gone ? ["removed"] : []), ...(inherited ? ["of the database"] : [])];
    return notes.length === 0 ? who : `${who} (${notes.join(", ")})`;
  });
  return texts.join(", ") || undefined;
}
