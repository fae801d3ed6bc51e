import { HeadgateError } from "../../errors.ts";

interface Times {
  readonly place: string;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** Throws USAGE for a grant that would never be valid. */
export function checkTimes({ place, from, until }: Times, now: number): void {
  if (until === undefined) return;
  const begin = from === undefined ? now : Math.max(Date.parse(from), now);
  if (Date.parse(until) > begin) return;
  throw new HeadgateError("USAGE", {
    place,
    message: `the grant would end at ${until}, ${from === undefined ? "which is over" : "before it begins"}`,
    remedy: "give a later end",
  });
}
