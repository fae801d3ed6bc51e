/**
 * A cache, limited in bytes, of the contents of immutable objects by name; the least recently used are dropped first.
 * Each object is read once, even when several callers ask at the same time. A read that failed is tried again.
 */

interface Read<T> {
  readonly value: T;
  /** How many bytes the value takes up in the cache. */
  readonly bytes: number;
}

interface Kept<T> {
  readonly reading: Promise<T>;
  /** 0 while the value is being read. */
  bytes: number;
}

/** `boundBytes` limits the total size of all values. */
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
