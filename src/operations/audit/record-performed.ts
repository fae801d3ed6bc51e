/** Puts operations into the audit log: every refusal, and every change. What people look at or read is not recorded here. */
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { AuditLog } from "../../audit/audit-log.ts";
import { actorOf } from "../../identity/principal.ts";
import type { Performed } from "../performed.ts";

/** Resolves when the event is written, or was tried to be. */
export async function recordPerformed(audit: AuditLog, performed: Performed): Promise<void> {
  const event = eventOf(performed);
  if (event !== undefined) await audit.note(event);
}

/** Undefined for what is not recorded. */
function eventOf(performed: Performed): AuditEvent | undefined {
  if (performed.outcome === "refused") return refusal(performed);
  return beyondRights.has(performed.outcome) ? lateRefusal(performed) : change(performed);
}

/** Refusals by the work itself, which alone knows how far a right has to reach for what was asked. */
const beyondRights: ReadonlySet<Performed["outcome"]> = new Set(["NOT_ALLOWED", "GRANT_TOO_WIDE"]);

function lateRefusal({ principal, operation, action, resources, outcome, facts = {} }: Performed): AuditEvent {
  const { isSelfGrant: _isSelfGrant, about = resources, ...what } = facts;
  const because = `${principal.name} asked for more than their rights reach`;
  return {
    kind: "refused",
    actor: actorOf(principal),
    operation,
    action,
    resources: about,
    outcome,
    because,
    details: { what },
  };
}

function refusal({ principal, operation, action, resources, decision }: Performed): AuditEvent {
  const outcome = decision.allowed ? "done" : decision.code;
  const { because } = decision;
  return { kind: "refused", actor: actorOf(principal), operation, action, resources, outcome, because, details: {} };
}

/** The actions of operations that change something unless they say otherwise. */
const changing: ReadonlySet<Performed["action"]> = new Set([
  "operate",
  "create",
  "annotate",
  "alter",
  "drop",
  "administer",
]);

/** Undefined for what changes nothing, such as a plan. A change that failed may have been made in part. */
function change(performed: Performed): AuditEvent | undefined {
  const { principal, operation, action, resources, decision, outcome, milliseconds, facts = {} } = performed;
  const { changes = changing.has(action) } = performed;
  if (!changes || facts["plan"] === true) return undefined;
  const { isSelfGrant, about = resources, ...what } = facts;
  return {
    kind: "change",
    actor: actorOf(principal),
    operation,
    action,
    resources: about,
    outcome,
    because: decision.because,
    details: { milliseconds: Math.round(milliseconds), what, isSelfGrant: isSelfGrant === true ? true : undefined },
  };
}
