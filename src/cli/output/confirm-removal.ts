/** Shows what ends with a user, a group or a role, and asks if it is more than the thing itself. */
import type { Removal } from "../../operations/people/people-schemas.ts";
import { confirm } from "./confirm.ts";

type Falls = NonNullable<Removal["falls"]>;

interface Question {
  /** `the user ann` */
  readonly what: string;
  /** The command, for the error. */
  readonly place: string;
}

/** Throws USAGE if there is no terminal, CANCELLED if the answer is no. */
export async function confirmRemoval(planned: Removal, { what, place }: Question): Promise<void> {
  if (planned.falls === undefined || !hasMoreThanItself(planned.falls)) return;
  await confirm({ goes: fallingLines(planned), question: `Remove ${what}?`, place, isGiven: false });
}

/** Every user is a member of an account and has a role there; that alone is not worth a question. */
function hasMoreThanItself({ grants, grantsToOthers, memberOf, members, answersFor }: Falls): boolean {
  const isMore = (texts: readonly string[], own: RegExp): boolean => texts.some((text) => !own.test(text));
  const isMissed = [grantsToOthers, members, answersFor].some((texts) => texts.length > 0);
  return isMissed || isMore(grants, /^the role /) || isMore(memberOf, /^account /);
}

export function fallingLines({ falls }: Pick<Removal, "falls">): readonly string[] {
  if (falls === undefined) return [];
  const { grants, grantsToOthers, memberOf, members, answersFor, sessions } = falls;
  return [
    ...grants.map((grant) => `a grant ends: ${grant}`),
    ...grantsToOthers.map((grant) => `a grant that was made by this right no longer counts: ${grant}`),
    ...memberOf.map((container) => `a membership ends: ${container}`),
    ...(members.length === 0 ? [] : [`it has the members ${members.join(", ")}`]),
    ...answersFor.map((gap) => `a gap stays until somebody else is named: ${gap}`),
    ...(sessions === 0 ? [] : [`open sessions that it affects: ${sessions}`]),
  ];
}
