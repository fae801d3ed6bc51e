/** The part of the address that says how far the adding of a source is. */

export type AddStep = "address" | "test" | "tables" | "schedule" | "summary";

export interface AddSearch {
  /** From the second step on, the source that is being added. */
  readonly source?: string;
  readonly step?: AddStep;
}

export const addSteps: readonly (readonly [AddStep, string])[] = [
  ["address", "Address"],
  ["test", "Test"],
  ["tables", "Tables"],
  ["schedule", "Schedule"],
  ["summary", "Load"],
];

export function addSearch({ source, step }: Record<string, unknown>): AddSearch {
  const known = addSteps.find(([one]) => one === step)?.[0];
  return typeof source === "string" ? { source, ...(known === undefined ? {} : { step: known }) } : {};
}
