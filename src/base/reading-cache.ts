/**
 * What immutable objects held, by name, up to so many bytes: what was asked for longest ago goes first. Each is read once, also
 * when several ask at a time; a reading that failed is tried again.
 */

interface Read<T> {
  readonly value: T;
  /** What keeping it costs. */
  readonly bytes: number;
}

interface Kept<T> {
  readonly reading: Promise<T>;
  /** 0 while it is being read. */
  bytes: number;
}

/** `boundBytes` of all together. */
export function readingCache<T>(
  boundBytes: number,
  read: (name: string) => Promise<Read<T>>,
): (name: string) => Promise<T> {
  const cache = new Map<string, Kept<T>>();
  let held = 0;
  const forget = (name: string): void => {
    held -= cache.get(name)?.bytes ?? 0;
    cache.delete(name);
  };
  const makeRoom = (): void => {
    for (const [name, { bytes }] of cache) if (held > boundBytes && bytes > 0) forget(name);
  };
  const begin = (name: string): Kept<T> => {
    const reading = read(name).then(({ value, bytes }) => {
      held += kept.bytes = bytes;
      makeRoom();
      return value;
    });
    reading.catch(() => forget(name));
    const kept: Kept<T> = { reading, bytes: 0 };
    return kept;
  };
  return (name) => {
    const kept = cache.get(name) ?? begin(name);
    cache.delete(name);
    cache.set(name, kept);
    return kept.reading;
  };
}
