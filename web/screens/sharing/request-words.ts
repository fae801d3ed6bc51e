/** Requests, shares and their states as people say them. */
import type { Share, ShareRequest } from "../../../src/client/api-client.ts";
import type { Tone } from "../../parts/badge.tsx";
import type { IconName } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";

export interface StateWords {
  readonly text: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

const requestStates: Readonly<Record<ShareRequest["state"], StateWords>> = {
  draft: { text: "Draft", tone: "plain", icon: "edit" },
  pending: { text: "Waiting", tone: "warn", icon: "waiting" },
  approved: { text: "Approved", tone: "ok", icon: "check" },
  partly_approved: { text: "Approved in part", tone: "ok", icon: "check" },
  denied: { text: "Denied", tone: "plain", icon: "minus" },
  withdrawn: { text: "Withdrawn", tone: "plain", icon: "back" },
  expired: { text: "Expired", tone: "plain", icon: "ending" },
};

export function requestState({ state, yours }: Pick<ShareRequest, "state" | "yours">): StateWords {
  const words = requestStates[state];
  return yours ? { ...words, text: "Waiting for you" } : words;
}

/** Requests about a share that is there already. */
export const kindWords: Readonly<Record<Exclude<ShareRequest["kind"], "new">, string>> = {
  judgement: "Found since",
  extension: "Later end",
};

const shareStates: Readonly<Record<Share["state"], StateWords>> = {
  awaiting_acceptance: { text: "Not accepted yet", tone: "warn", icon: "waiting" },
  active: { text: "Open", tone: "ok", icon: "check" },
  suspended: { text: "Suspended", tone: "plain", icon: "pause" },
  revoked: { text: "Revoked", tone: "plain", icon: "minus" },
  expired: { text: "Ended", tone: "plain", icon: "ending" },
  rejected: { text: "Rejected", tone: "plain", icon: "minus" },
  lapsed: { text: "Invitation lapsed", tone: "plain", icon: "ending" },
};

export function shareState({ state }: Pick<Share, "state">): StateWords {
  return shareStates[state];
}

export function isOver({ state }: Pick<Share, "state">): boolean {
  return state === "revoked" || state === "expired" || state === "rejected" || state === "lapsed";
}

/** "account analytics" for `account:analytics`; a person by their name. */
export function holderWords(label: string): string {
  const [, kind, name = ""] = /^(account|unit|role|group|key):(.*)$/s.exec(label) ?? [];
  return shownName(kind === undefined ? label : `${kind} ${name}`);
}

export function isOneTable(on: string | null): on is string {
  return on !== null && !on.startsWith("database ") && !on.endsWith(".*");
}

export function thingWords(on: string | null): string {
  return on === null ? "something that is gone" : shownName(on);
}
