/** Numbers, sizes and durations as people write them, in the language of the browser. */

const whole = new Intl.NumberFormat();
const oneDecimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export function count(value: number | bigint): string {
  return whole.format(value);
}

/** `1 row`, `2 rows`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** In powers of 1,000 with three significant digits: 186 MB. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1_000 ** power).toPrecision(3))} ${units[power]}`;
}

/** 0.42 s, 8 s, 2 min 41 s, 3 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
  if (minutes < 60) return `${minutes} min${rest === 0 ? "" : ` ${rest} s`}`;
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
  return hours < 48 ? `${hours} h${left === 0 ? "" : ` ${left} min`}` : `${Math.round(hours / 24)} days`;
}

/** A promise of freshness: every 15 min, hourly, daily. */
export function promised(seconds: number): string {
  if (seconds === 3_600) return "hourly";
  if (seconds === 86_400) return "daily";
  return `within ${duration(seconds)}`;
}

/** 62 %, one decimal below 10 %. */
export function share(part: number): string {
  const percent = part * 100;
  if (percent === 0) return "0";
  if (percent < 0.1) return "under 0.1 %";
  return `${percent < 10 ? oneDecimal.format(percent) : Math.round(percent)} %`;
}
