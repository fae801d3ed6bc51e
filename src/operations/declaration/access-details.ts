/** Says what a declared change of tags opens and closes, and for whom, in the details of its step. */
import type { AccessChange } from "../access/access-change.ts";
import type { AccessWork } from "../access/access-work.ts";
import { differenceLines } from "../tags/difference-lines.ts";
import { previewOf } from "../tags/preview.ts";

/** `before` and `after` are the same transaction, with the policy before and after the change. */
export async function accessDetails(
  before: AccessWork,
  after: AccessWork,
  { details }: Pick<AccessChange, "details">,
): Promise<Pick<AccessChange, "details" | "isSelfGrant">> {
  const step = { before: before.asking.policy, after: after.asking.policy, now: after.asking.now };
  const { access, elsewhere, opensToSelf } = await previewOf(after.lookup, before.asking, step);
  const more = elsewhere === 0 ? [] : [`access to ${elsewhere} further things changes`];
  return { details: [...details, ...access.flatMap(differenceLines), ...more], isSelfGrant: opensToSelf };
}
