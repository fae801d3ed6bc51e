/** Tells the frame that the session has ended, from wherever that is noticed. */

const hearers = new Set<() => void>();
let isOver = false;

export function endSession(): void {
  isOver = true;
  for (const hear of hearers) hear();
}

export function beginSession(): void {
  isOver = false;
  for (const hear of hearers) hear();
}

export function sessionIsOver(): boolean {
  return isOver;
}

export function hearSessionEnd(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}
