import type { Grant, Policy } from "./policy.ts";

/** The grants that descend from the given ones, which end with them. */
export function passedOnFrom({ grants }: Policy, given: readonly Grant[]): readonly Grant[] {
  const children = Map.groupBy(grants.values(), ({ parentId }) => parentId);
  const found = new Set(given);
  for (const grant of found) for (const child of children.get(grant.id) ?? []) found.add(child);
  return [...found].slice(given.length);
}
