/**
 * Says why a name means nothing that was a link and leads to nothing any more, in place of "there is no such table".
 * Invariant: only those hear of it who may know the link; for all others there is no such table.
 */
import type { Kysely } from "kysely";
import { parseName } from "../../catalog/table-name.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { linkLabel, linksOf, type ResourceLink } from "../../sharing/resource-links.ts";
import { ownAccountName } from "../scope.ts";
import { mayKnowLink } from "./known-link.ts";

export async function orDangling(db: Kysely<Tables>, asking: Asking, failure: HeadgateError): Promise<HeadgateError> {
  const { accountId, now } = asking;
  if (failure.code !== "TABLE_NOT_FOUND" || failure.place === undefined || accountId === undefined) return failure;
  const parts = ofOwnAccount(partsOf(failure.place), ownAccountName(asking));
  const link = (await linksOf(db, accountId, now)).find((one) => isMeant(one, parts) && isDangling(one));
  return link === undefined || !mayKnowLink(asking, link) ? failure : dangling(link);
}

function isDangling({ state }: ResourceLink): boolean {
  return state !== "ok" && state !== "name taken";
}

function dangling(link: ResourceLink): HeadgateError {
  const { state, target, shareId } = link;
  return new HeadgateError("LINK_DANGLING", {
    place: linkLabel(link),
    message: `${linkLabel(link)} is a link to ${target}: ${state}${shareId === undefined ? "" : ` (share ${shareId})`}`,
    remedy: remedyFor(link),
  });
}

function remedyFor(link: ResourceLink): string {
  const { state, kind, target, shareId = "<share>" } = link;
  if (state === "share suspended") return `wait until whoever shares it resumes it: headgate share show ${shareId}`;
  const removal = `removes the link: headgate link remove '${linkLabel(link)}'`;
  if (state === "target dropped") return `whoever administers your account ${removal}`;
  if (state === "share not accepted")
    return `whoever administers your account accepts it: headgate share accept ${shareId}`;
  const asked = kind === "database" ? `${target}.*` : target;
  return `whoever administers your account asks for it again: headgate request create '${asked}' --for account; or ${removal}`;
}

function partsOf(place: string): readonly string[] {
  try {
    return parseName(place).map((part) => part.toLowerCase());
  } catch {
    return [];
  }
}

/** Without the account in front, if it is the own one; a name in another account is that of no link. */
function ofOwnAccount(parts: readonly string[], account: string | undefined): readonly string[] {
  if (parts.length < 3) return parts;
  return parts.length === 3 && parts[0] === account?.toLowerCase() ? parts.slice(1) : [];
}

function isMeant({ database, name }: ResourceLink, parts: readonly string[]): boolean {
  const [table, inDatabase] = parts.toReversed();
  if (table === undefined) return false;
  if (name === undefined) return inDatabase === database.toLowerCase();
  return table === name.toLowerCase() && (inDatabase === undefined || inDatabase === database.toLowerCase());
}
