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
  readonly name: string;
  readonly reading: Promise<T>;
  /** 0 while the value is being read. */
  bytes: number;
}

export interface CacheOptions {
  /** Limits the total size of all values. */
  readonly boundBytes: number;
  /** Objects with the same place are states of one thing, of which only the one that was asked for last is kept. */
  readonly placeOf?: ((name: string) => string) | undefined;
}

export function readingCache<T>(
  { boundBytes, placeOf = (name) => name }: CacheOptions,
  read: (name: string) => Promise<Read<T>>,
): (name: string) => Promise<T> {
  const cache = new Map<string, Kept<T>>();
  let held = 0;
  const forget = (place: string): void => {
    held -= cache.get(place)?.bytes ?? 0;
    cache.delete(place);
  };
  const makeRoom = (): void => {
    for (const [place, { bytes }] of cache) if (held > boundBytes && bytes > 0) forget(place);
  };
  const begin = (name: string, place: string): Kept<T> => {
    const isKept = (): boolean => cache.get(place) === kept;
    const reading = read(name).then(({ value, bytes }) => {
      if (!isKept()) return value;
      held += kept.bytes = bytes;
      makeRoom();
      return value;
    });
    const kept: Kept<T> = { name, reading, bytes: 0 };
    reading.catch(() => isKept() && forget(place));
    return kept;
  };
  return (name) => {
    const place = placeOf(name);
    const found = cache.get(place);
    if (found?.name === name) {
      cache.delete(place);
      cache.set(place, found);
      return found.reading;
    }
    forget(place);
    const kept = begin(name, place);
    cache.set(place, kept);
    return kept.reading;
  };
}
