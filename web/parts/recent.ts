/** The pages that a person opened last on this device, for Home. Kept per user and account, newest first. */
import type { Me } from "../api/me.ts";

export interface Visit {
  readonly kind: "table" | "query";
  readonly title: string;
  readonly to: string;
  readonly at: string;
}

const longest = 12;

export function recentVisits(me: Me): readonly Visit[] {
  try {
    return JSON.parse(localStorage.getItem(keyOf(me)) ?? "[]") as Visit[];
  } catch {
    return [];
  }
}

export function recordVisit(me: Me, visit: Omit<Visit, "at">): void {
  const others = recentVisits(me).filter(({ to }) => to !== visit.to);
  const visits = [{ ...visit, at: new Date().toISOString() }, ...others].slice(0, longest);
  localStorage.setItem(keyOf(me), JSON.stringify(visits));
}

function keyOf({ name, account }: Me): string {
  return `headgate visits ${account ?? ""} ${name}`;
}
