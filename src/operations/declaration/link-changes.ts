/**
 * The resource links of the account in which the caller acts as headgate.yaml has them: a local name, and the thing that it
 * stands for.
 * Invariant: a name that the file gives is exactly that name, so that a taken one is an error and gets no number.
 */
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import {
  endLinks,
  insertLink,
  isNameTaken,
  linkLabel,
  linksOf,
  type ResourceLink,
} from "../../sharing/resource-links.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkMay, ofAnother, type AccessWork } from "../access/access-work.ts";
import type { Context } from "../context.ts";
import { checkAdministers, findTarget, localName } from "../links/links.ts";
import { placed } from "../placed.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import type { IsWanted } from "./export-tags.ts";
import type { PlaceOf } from "./read-declaration.ts";

/** Throws what `link.add` throws, NAME_TAKEN, and DECLARATION_INVALID for a link of somebody else to another target. */
export async function changeLinks(
  work: AccessWork,
  links: DeclaredAccess["links"],
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const { transaction, asking, origin } = work;
  const { accountId } = asking;
  if (accountId === undefined) return [];
  const had = await linksOf(transaction, accountId, asking.now);
  const declared = new Set(Object.keys(links).map((name) => name.toLowerCase()));
  const going = had.filter((link) => link.origin === origin && !declared.has(linkLabel(link).toLowerCase()));
  const changes: AccessChange[] = [];
  if (going.length > 0)
    await placed(placeOf(["links"]), async () => checkMay(work, "administer", { kind: "account", id: accountId }));
  await endLinks(
    transaction,
    going.map(({ id }) => id),
  );
  changes.push(...going.map((link) => linkChange(link, "remove", [])));
  for (const [name, target] of Object.entries(links))
    changes.push(...(await placed(placeOf(["links", name]), () => makeLink(work, { name, target, had }))));
  return changes;
}

interface Wanted {
  readonly name: string;
  readonly target: string;
  readonly had: readonly ResourceLink[];
}

async function makeLink(work: AccessWork, { name, target: text, had }: Wanted): Promise<readonly AccessChange[]> {
  const { transaction, lookup, asking, origin, by } = work;
  const target = await findTarget(lookup, asking, text);
  const wanted = { accountId: checkAdministers(asking), ...localName(name, target.kind) };
  const same = had.find((link) => linkLabel(link).toLowerCase() === linkLabel(wanted).toLowerCase());
  if (same?.targetId === target.id) return [];
  if (same !== undefined && same.origin !== origin) throw ofAnother(`the link ${linkLabel(same)}`, same.origin);
  if (same !== undefined) await endLinks(transaction, [same.id]);
  if (await isNameTaken(transaction, wanted))
    throw new HeadgateError("NAME_TAKEN", { place: name, message: "the account has something of this name" });
  const { id: targetId, label: targetLabel, shareId } = target;
  await insertLink(transaction, { ...wanted, targetId, targetLabel, shareId, by, origin });
  return [linkChange(wanted, same === undefined ? "add" : "change", [`it stands for ${targetLabel}`])];
}

function linkChange(
  link: Pick<ResourceLink, "database" | "name">,
  change: AccessChange["change"],
  details: readonly string[],
): AccessChange {
  const name = linkLabel(link);
  return { what: "link", name, change, details, falls: [], about: [{ kind: "link", name }] };
}

/** Those that lead to something, and that were not made with a share. */
export async function exportedLinks(
  { db }: Context,
  { accountId, now }: Asking,
  isWanted: IsWanted,
): Promise<DeclaredAccess["links"]> {
  const links = accountId === undefined ? [] : await linksOf(db, accountId, now);
  const shown = links.filter((link) => link.origin !== "share" && link.state === "ok" && isWanted(link));
  return Object.fromEntries(
    shown.map((link) => [linkLabel(link), link.kind === "table" ? link.target : `database ${link.target}`]),
  );
}
