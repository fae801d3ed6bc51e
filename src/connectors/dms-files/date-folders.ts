/**
 * Folders of dates, as DMS makes them for every `DatePartitionSequence` and `DatePartitionDelimiter`: `2024/01/31/10`,
 * `01-2024-31`, `202401`. It also finds such a folder where that of a table should be.
 */

const dateFolders = /^\d{2,10}(?:[/_-]\d{2,4})*$/;

export function isDated(folders: readonly string[]): boolean {
  return folders.length === 0 || dateFolders.test(folders.join("/"));
}

const [year, month, day, hour, gap] = [
  "(?<y>(?:19|20)\\d\\d)",
  "(?<m>0[1-9]|1[0-2])",
  "(?<d>0[1-9]|[12]\\d|3[01])",
  "(?:[01]\\d|2[0-3])",
  "[/_-]?",
];

/** YYYYMMDD, YYYYMMDDHH and YYYYMM; MMYYYYDD; DDMMYYYY. */
const sequences = [
  `${year}${gap}${month}(?:${gap}${day}(?:${gap}${hour})?)?`,
  `${month}${gap}${year}${gap}${day}`,
  `${day}${gap}${month}${gap}${year}`,
].map((sequence) => new RegExp(`^${sequence}$`));

/** A partition is of the time of commit, perhaps in another time zone, and a file is written a little later. */
const slackMs = 2 * 24 * 60 * 60 * 1_000;

/**
 * Whether these folders, of which the first should be a table's, are a date partition with the date of the file of
 * changes in it, as when the address leads one folder too deep.
 */
export function isDateOfFile(folders: readonly string[], name: string): boolean {
  const written = /^(\d{4})(\d{2})(\d{2})/.exec(name);
  if (written === null) return false;
  const at = Date.UTC(Number(written[1]), Number(written[2]) - 1, Number(written[3]));
  return sequences.some((sequence) => {
    const { y, m, d } = sequence.exec(folders.join("/"))?.groups ?? {};
    if (y === undefined || m === undefined) return false;
    const from = Date.UTC(Number(y), Number(m) - 1, Number(d ?? 1));
    const until = d === undefined ? Date.UTC(Number(y), Number(m), 0) : from;
    return at >= from - slackMs && at <= until + slackMs;
  });
}
