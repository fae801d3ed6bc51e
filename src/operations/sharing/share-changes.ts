/** The operations that accept, reject, suspend, resume, extend, offer again and revoke shares. */
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { visible } from "../../governance/resource.ts";
import { authorOf } from "../../identity/principal.ts";
import {
  acceptShare,
  extendShare,
  inviteAgain,
  rejectShare,
  resumeShare,
  revokeItems,
  revokeShare,
  suspendShare,
} from "../../sharing/change-share.ts";
import { findShare, shareStates, type Share } from "../../sharing/shares.ts";
import { checkTimes } from "../access/check-times.ts";
import { resourceNames } from "../access/granted-on.ts";
import type { Context } from "../context.ts";
import { givenInstant } from "../given-instant.ts";
import type { Call } from "../operation.ts";
import { operation } from "../operation.ts";
import { noPreview, preview, previewOf, type Preview } from "../tags/preview.ts";
import { inTagChange } from "../tags/tag-change.ts";
import { itemLabels, type LabelOf } from "./present-share.ts";
import { standingTo, type Standing } from "./share-standing.ts";

const named = z.strictObject({ id: z.string().describe("The id of the share.") });
const changed = z.strictObject({ id: z.string(), state: z.enum(shareStates) });
const errors = ["SHARE_NOT_FOUND", "SHARE_STATE"] as const;
const shared = { action: "watch", changes: true, errors: [...errors], resources: () => [visible] } as const;

export const shareAccept = operation({
  ...shared,
  name: "share.accept",
  summary: "Accept what is shared with the account in which one acts, so that it can be passed on to people there",
  input: named,
  output: changed,
  run: (context, { id }, call) =>
    change(context, call, { id, side: "receives" }, ({ transaction, share, by }) =>
      acceptShare(transaction, share, by),
    ),
});

export const shareReject = operation({
  ...shared,
  name: "share.reject",
  summary: "Reject what is shared with the account in which one acts",
  input: named,
  output: changed,
  run: (context, { id }, call) =>
    change(context, call, { id, side: "receives" }, ({ transaction, share, by }) =>
      rejectShare(transaction, share, by),
    ),
});

export const shareSuspend = operation({
  ...shared,
  name: "share.suspend",
  summary: "Let nobody read by a share until it is resumed; what was passed on stays, and gives nothing",
  input: named,
  output: changed,
  run: (context, { id }, call) =>
    change(context, call, { id, side: "gives" }, ({ transaction, share }) => suspendShare(transaction, share)),
});

export const shareResume = operation({
  ...shared,
  name: "share.resume",
  summary: "Let people read by a suspended share again",
  input: named,
  output: changed,
  run: (context, { id }, call) =>
    change(context, call, { id, side: "gives" }, ({ transaction, share }) => resumeShare(transaction, share)),
});

export const shareInvite = operation({
  ...shared,
  name: "share.invite",
  summary: "Offer a share again that was not accepted in time; the time to accept begins again",
  input: named,
  output: changed,
  run: (context, { id }, call) =>
    change(context, call, { id, side: "gives" }, ({ transaction, share }) => inviteAgain(transaction, share)),
});

export const shareExtend = operation({
  ...shared,
  name: "share.extend",
  summary: "Give a share another end; one that has expired lives again, with everything that was passed on from it",
  input: named.extend({ until: givenInstant.nullable().describe("Null for no end.") }),
  output: changed,
  run: (context, { id, until }, call) => {
    call.record({ until });
    checkTimes({ place: id, until: until ?? undefined }, call.asking.now);
    const end = until === null ? null : new Date(until);
    return change(context, call, { id, side: "gives" }, ({ transaction, share }) =>
      extendShare(transaction, share, end),
    );
  },
});

export const shareRevoke = operation({
  ...shared,
  name: "share.revoke",
  summary: "Take back a share or some of its items, with everything that was passed on from them; running reads end",
  input: named.extend({
    on: z.array(z.string()).min(1).optional().describe("Only these items, as `share.show` writes them."),
    reason: z.string().max(1_000).optional(),
    plan: z.boolean().default(false).describe("Only show what it would close, and for whom."),
  }),
  output: changed.extend({ ...preview, revoked: z.boolean() }),
  async run(context, { id, on, reason, plan }, call) {
    call.record({ on, reason, plan });
    const labelOf = await itemLabels(context.db);
    const answer = await changeAndTell(context, call, { id, side: "gives", plan }, ({ transaction, share, by }) =>
      on === undefined
        ? revokeShare(transaction, share, { by, reason })
        : revokeItems(transaction, share, { ids: itemsNamed(share, on, labelOf), by, reason }),
    );
    return { ...answer, revoked: !plan };
  },
});

/** Throws USAGE for a text that is none of its items. */
function itemsNamed({ row, items }: Share, names: readonly string[], labelOf: LabelOf): readonly string[] {
  const open = items.filter(({ ended_at: end }) => end === null);
  return names.flatMap((name) => {
    const found = open.filter((item) => labelOf(item) === name);
    if (found.length > 0) return found.map(({ id }) => id);
    throw new HeadgateError("USAGE", {
      place: name,
      message: "the share has no such item",
      remedy: `its items are ${open.map(labelOf).join(", ")}; see \`headgate share show ${row.id}\``,
    });
  });
}

interface Changing {
  readonly id: string;
  /** Whoever may do it. */
  readonly side: keyof Standing;
}

interface Work {
  readonly transaction: Kysely<Tables>;
  readonly share: Share;
  readonly by: string | null;
}

type Caller = Pick<Call, "asking" | "principal" | "record">;

async function change(
  context: Pick<Context, "db" | "catalog">,
  call: Caller,
  changing: Changing,
  work: (work: Work) => Promise<void>,
): Promise<z.infer<typeof changed>> {
  const { id, state } = await changeAndTell(context, call, { ...changing, plan: false }, work);
  return { id, state };
}

/** The share is looked for under the lock of the policy, so that two changes of it come one after the other. */
async function changeAndTell(
  context: Pick<Context, "db" | "catalog">,
  { asking, principal, record }: Caller,
  { id, side, plan }: Changing & { readonly plan: boolean },
  work: (work: Work) => Promise<void>,
): Promise<z.infer<typeof changed> & Pick<Preview, "access" | "elsewhere">> {
  const nameOf = await resourceNames(context, asking);
  record({ share: id });
  const { made, step } = await inTagChange(context, { asking, plan }, async ({ transaction, asking: present }) => {
    const share = await findShare(transaction, id, present.now);
    const standing = standingTo(present, share, (on) => nameOf(on).place);
    if (!standing[side]) throw notTheirs(id, side);
    await work({ transaction, share, by: authorOf(principal) });
    return (await findShare(transaction, id, present.now)).state;
  });
  const { access, elsewhere } = plan ? await previewOf(context, asking, step) : noPreview;
  return { id, state: made, access, elsewhere };
}

function notTheirs(place: string, side: keyof Standing): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    place,
    message:
      side === "gives"
        ? "only whoever administers or owns what is shared may change the share"
        : "only whoever administers the account that it is shared with may answer",
    remedy: "ask them to do it",
  });
}
