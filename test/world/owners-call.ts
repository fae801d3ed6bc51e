/** How an operation is called by the owner of the data directory, for tests that call one without a door. */
import { silent } from "../../src/base/progress.ts";
import { askingOf } from "../../src/governance/asking.ts";
import { emptyPolicy } from "../../src/governance/policy.ts";
import { localPrincipal } from "../../src/identity/principal.ts";
import type { Call } from "../../src/operations/operation.ts";

export const ownersCall: Call = {
  report: silent,
  emit: async () => {},
  signal: new AbortController().signal,
  principal: localPrincipal,
  asking: askingOf(emptyPolicy, localPrincipal, 0),
  follow() {},
  record() {},
};
