/** The operations that list shares and show one, with everybody who can read through it and who has. */
import { sql, type Kysely } from "kysely";
import { z } from "zod";
import { tableLabel } from "../../catalog/table-name.ts";
import type { Tables } from "../../db/tables.ts";
import type { Asking } from "../../governance/asking.ts";
import { readersOf } from "../../governance/effective-access.ts";
import { lineOf } from "../../governance/live-grant.ts";
import type { Grant } from "../../governance/policy.ts";
import { visible } from "../../governance/resource.ts";
import { securableTable } from "../../governance/securable.ts";
import { endOfGrant } from "../../governance/ways.ts";
import { personOf } from "../../identity/principal.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { findShare, listShares, noShare, type Share } from "../../sharing/shares.ts";
import { instantOf } from "../access/present-grant.ts";
import { count, instant, list } from "../answers.ts";
import type { Context } from "../context.ts";
import { operation } from "../operation.ts";
import { ownAccountName } from "../scope.ts";
import { coverage, coverageOf } from "./share-coverage.ts";
import { itemLabels, presentedShare, presentShare } from "./present-share.ts";
import type { Standing } from "./share-standing.ts";
import { shareStandings } from "./share-standings.ts";

export const shareList = operation({
  name: "share.list",
  summary: "List the shares that the caller gives or receives",
  action: "watch",
  seesViews: true,
  input: z.strictObject({
    direction: z.enum(["given", "received"]).optional().describe("By default both."),
    ended: z.boolean().default(false).describe("Also those that are over."),
  }),
  output: z.strictObject({ shares: list(presentedShare) }),
  errors: [],
  resources: () => [visible],
  async run(context, { direction, ended }, { asking }) {
    const mayBeOpen = sql<boolean>`state not in ('revoked', 'rejected')`;
    const found = await listShares(context.db, asking.now, ended ? undefined : mayBeOpen);
    const standingOf = await shareStandings(context, asking, found);
    const labelOf = await itemLabels(context.db);
    const shares = found.flatMap((share) => {
      const standing = standingOf(share);
      if (standing === undefined || (!ended && isOver(share))) return [];
      const shown = presentShare(asking, share, { ...standing, labelOf });
      return direction === undefined || shown[direction] ? [shown] : [];
    });
    return { shares };
  },
});

const over = new Set<Share["state"]>(["revoked", "expired", "rejected", "lapsed"]);

function isOver({ state }: Share): boolean {
  return over.has(state);
}

const reader = z.strictObject({
  principal: z.string(),
  account: z.string().nullable(),
  table: z.string(),
  until: instant.nullable(),
});

const readBy = z.strictObject({ principal: z.string(), table: z.string(), reads: count, lastAt: instant });

export const shareShow = operation({
  name: "share.show",
  summary: "Show a share: what it is of, its state, everybody who can read through it, and who has read",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ id: z.string() }),
  output: presentedShare.extend({
    ...coverage,
    readers: list(reader).describe(
      "Everybody who can read through it now; for those who only receive it, of the account in which they act, or they themselves.",
    ),
    read: list(readBy).describe("Those of them, and of earlier readers, who have read by it, from the audit log."),
  }),
  errors: ["SHARE_NOT_FOUND"],
  resources: () => [visible],
  async run(context, { id }, { asking }) {
    const share = await findShare(context.db, id, asking.now);
    const standing = (await shareStandings(context, asking, [share]))(share);
    if (standing === undefined) throw noShare(id);
    const labelOf = await itemLabels(context.db);
    const known = knownReaders(asking, share, standing);
    return {
      ...presentShare(asking, share, { ...standing, labelOf }),
      ...(await coverageOf(context, share, { policy: asking.policy, labelOf, gives: standing.gives })),
      readers: await readersThrough(context, asking, { share, known }),
      read: await whoRead(context.db, share.row.id, known),
    };
  },
});

/** The readers about whom somebody is told: those of one account, or one person; undefined for all. */
interface KnownReaders {
  readonly accountId: string | undefined;
  readonly personId: string | undefined;
}

/** Whoever gives a share knows all who read by it. A unit has other accounts, and a group other members. */
function knownReaders(asking: Asking, { row }: Share, { gives }: Standing): KnownReaders {
  if (gives) return { accountId: undefined, personId: undefined };
  if (row.target_kind === "principal") return { accountId: undefined, personId: personOf(asking.principal).id };
  return { accountId: asking.accountId, personId: undefined };
}

interface Reading {
  readonly share: Share;
  readonly known: KnownReaders;
}

/** Each table that it is of, with each principal whose right to read it comes from the share. */
async function readersThrough({ catalog }: Context, asking: Asking, { share: { row, items }, known }: Reading) {
  const open = items.filter(({ ended_at: end }) => end === null);
  const isShared = (entry: { readonly id: string; readonly databaseId: string }): boolean =>
    open.some(({ resource_kind: kind, resource_id: id }) =>
      kind === "table" ? id === entry.id : kind === "tables" && id === entry.databaseId,
    );
  const { policy, now } = asking;
  const isFromShare = (grant: Grant): boolean => lineOf(policy, grant).at(-1)?.shareId === row.id;
  return (await catalog.entries()).filter(isShared).flatMap((entry) =>
    readersOf(policy, securableTable(entry), now).flatMap(({ principal, asking: theirs, decision }) => {
      const isKnown =
        (known.accountId ?? theirs.accountId) === theirs.accountId && (known.personId ?? principal.id) === principal.id;
      const grants = isKnown ? decision.grants.filter(isFromShare) : [];
      if (grants.length === 0) return [];
      const end = Math.max(...grants.map((grant) => endOfGrant(asking, grant)));
      return [
        {
          principal: principalLabel(principal),
          account: ownAccountName(theirs) ?? null,
          table: tableLabel(entry),
          until: instantOf(end === Infinity ? undefined : end),
        },
      ];
    }),
  );
}

interface ReadRow {
  readonly principal: string;
  readonly table: string;
  readonly reads: bigint;
  readonly lastAt: Date;
}

/** Reads by the grants of the share and by those that were passed on from them, also by such that have ended since. */
async function whoRead(
  db: Kysely<Tables>,
  id: string,
  known: KnownReaders,
): Promise<readonly z.infer<typeof readBy>[]> {
  const { accountId, personId } = { accountId: known.accountId ?? null, personId: known.personId ?? null };
  const { rows } = await sql<ReadRow>`
    with recursive given (id) as (
      select id from grants where share_id = ${id}::uuid
      union
      select grants.id from grants join given on grants.parent_id = given.id
    ),
    reads as (
      select case principal_kind when 'service' then 'key:' else '' end || principal_name as principal, at, one
      from audit_events, jsonb_path_query(details, 'strict $.tables[*].**{0 to 4} ? (exists (@.grants))') as one
      where kind = 'query begin' and at >= (select created_at from shares where id = ${id}::uuid)
        and audit_read_grants(details) && (select array_agg(id::text) from given)
        and (${accountId}::uuid is null or account_id = ${accountId}::uuid)
        and (${personId}::uuid is null or principal_id = ${personId}::uuid)
    )
    select principal, one ->> 'table' as "table", count(*) as reads, max(at) as "lastAt" from reads
    where exists (select from given where one -> 'grants' ? given.id::text)
    group by principal, one ->> 'table' order by principal, "table"`.execute(db);
  return rows.map(({ principal, table, reads, lastAt }) => ({
    principal,
    table,
    reads: Number(reads),
    lastAt: lastAt.toISOString(),
  }));
}
