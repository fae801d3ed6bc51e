import type { PresentedDifference } from "./preview.ts";

/** Says what a change opens and closes for somebody: `ann can read email of shop.customers`. */
export function differenceLines({
  principal,
  account,
  on,
  gains,
  loses,
  ...columns
}: PresentedDifference): readonly string[] {
  const who = account === null ? principal : `${principal}, acting in ${account},`;
  const names = (list: readonly string[]): string => list.join(", ");
  // The columns say this already.
  const gained = columns.opens.length === 0 ? gains : gains.filter((one) => one !== "SELECT" && one !== "DESCRIBE");
  const lost = columns.closes.length === 0 ? loses : loses.filter((one) => one !== "SELECT");
  const sentences: readonly (readonly [readonly string[], string])[] = [
    [columns.opens, `can read ${names(columns.opens)} of ${on}`],
    [columns.closes, `can no longer read ${names(columns.closes)} of ${on}`],
    [columns.widens, `sees more of ${names(columns.widens)} of ${on}`],
    [columns.narrows, `sees less of ${names(columns.narrows)} of ${on}`],
    [columns.shows, `knows the columns ${names(columns.shows)} of ${on}`],
    [columns.hides, `no longer knows the columns ${names(columns.hides)} of ${on}`],
    [gained, `gets ${names(gained)} on ${on}`],
    [lost, `loses ${names(lost)} on ${on}`],
  ];
  return sentences.filter(([list]) => list.length > 0).map(([, text]) => `${who} ${text}`);
}
