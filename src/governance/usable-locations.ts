/**
 * The storage locations from which somebody may register tables and import files. Reading needs none of this: rows are
 * read by SELECT alone.
 */
import type { Asking } from "./asking.ts";
import { allGrants, decideFor, gives } from "./decide.ts";

/** Whoever administers the whole lake may use all locations; others need DATA_LOCATION_ACCESS. */
export function usableLocations(asking: Asking): "all" | readonly string[] {
  if (decideFor(asking, "administer", { kind: "lake" }).allowed) return "all";
  return allGrants(asking).flatMap((grant) =>
    grant.on.kind === "location" && gives(grant, "DATA_LOCATION_ACCESS") ? [grant.on.location] : [],
  );
}
