/** Days as they are written in columns of text, of dates and of numbers. Nothing else is taken for a day. */

export interface WrittenDate {
  readonly year: number;
  readonly month: number | undefined;
  /** The day of the month, if it is told. */
  readonly day: number | undefined;
}

/** `isNamed` is whether the name of the column says that they are days of birth, so that forms of few digits count. */
export function datesIn(values: readonly string[], isNamed: boolean): readonly WrittenDate[] {
  return values.map((value) => dateOf(value, isNamed)).filter((date) => date !== undefined);
}

/** Days with something between their parts, which no number of a person and no telephone number has in these places. */
export function isDayInParts(text: string): boolean {
  return yearFirst.test(text) || yearLast.test(text);
}

const yearFirst = /^(\d{4})[-/. ]+(\d{1,2})[-/. ]+(\d{1,2})\.?(?:[T ].*)?$/;
const eastAsian = /^(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]$/;
const yearLast = /^(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4})\.?$/;
const monthInWords = /^(\d{1,2})(?:\.|st|nd|rd|th)?[ .-]+(?:de |of )?\p{L}{3,}\.?[ .,-]+(?:de )?(\d{4})$/u;
const monthFirst = /^\p{L}{3,}\.? (\d{1,2}),? (\d{4})$/u;
const compact = /^((?:18|19|20)\d{2})([01]\d)([0-3]\d)$/;
const compactYearLast = /^([0-3]\d)([01]\d)((?:19|20)\d{2})$/;
const shortYear = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})$/;
const yearAlone = /^(?:18|19|20)\d{2}$/;

function dateOf(value: string, isNamed: boolean): WrittenDate | undefined {
  const first = yearFirst.exec(value) ?? eastAsian.exec(value) ?? compact.exec(value);
  if (first !== null) return written(first[1], first[2], first[3]);
  const last = yearLast.exec(value);
  if (last !== null) return written(last[3], last[2], last[1]);
  const inWords = monthInWords.exec(value) ?? monthFirst.exec(value);
  if (inWords !== null) return written(inWords[2], undefined, inWords[1]);
  if (yearAlone.test(value)) return { year: Number(value), month: undefined, day: undefined };
  if (!isNamed) return undefined;
  const digits = compactYearLast.exec(value);
  if (digits !== null) return written(digits[3], digits[2], digits[1]);
  const short = shortYear.exec(value);
  return short === null ? undefined : written(fullYear(Number(short[3])), short[2], short[1]);
}

function written(year: string | undefined, month: string | undefined, day: string | undefined): WrittenDate {
  return { year: Number(year), month: month === undefined ? undefined : Number(month), day: Number(day) };
}

/** Six digits as many numbers of people have them: the year first, and the day first. */
export function sixDigits({ year, month, day }: WrittenDate): readonly string[] {
  if (month === undefined || day === undefined) return [];
  const [short, ...rest] = [year % 100, month, day].map((part) => String(part).padStart(2, "0"));
  return [[short, ...rest].join(""), [...rest.toReversed(), short].join("")];
}

/** A year with two digits is of the last hundred years. */
function fullYear(short: number): string {
  return String(short > new Date().getUTCFullYear() % 100 ? 1900 + short : 2000 + short);
}
