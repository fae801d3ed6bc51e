/**
 * Watches the credentials behind work in progress: a revoked key, a closed session, a deactivated user. It does not
 * matter which process ended them. Every door uses it; how an answer then ends is the door's own business.
 */
import type { Kysely } from "kysely";
import { watchEnds, type EndWatch } from "../base/watch-ends.ts";
import type { Tables } from "../db/tables.ts";
import { endedCredentials, type Credential } from "./credential.ts";

export type RightsWatch = EndWatch<Credential>;

export function rightsWatch({ db }: { readonly db: Kysely<Tables> }): RightsWatch {
  return watchEnds((held) => endedCredentials(db, held));
}
