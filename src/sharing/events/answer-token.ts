/**
 * The token with which a system outside answers for one step of one round of a request. It follows from the secret of the
 * system's hook, so that it is stored nowhere, and ends with the hook.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export interface AnsweredStep {
  readonly requestId: string;
  readonly round: number;
  /** The place of the step among all steps. */
  readonly step: number;
}

export function answerToken(secret: string, { requestId, round, step }: AnsweredStep): string {
  return createHmac("sha256", secret).update(`answer ${requestId} ${round} ${step}`).digest("base64url");
}

export function isAnswerToken(secret: string, of: AnsweredStep, given: string): boolean {
  const [wanted, sent] = [answerToken(secret, of), given].map((text) => createHash("sha256").update(text).digest());
  return wanted !== undefined && sent !== undefined && timingSafeEqual(wanted, sent);
}
