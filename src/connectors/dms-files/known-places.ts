/**
 * Remembers places with files of whole transactions, so that each file is opened once and not by every
 * process. It holds names of tables and of files, and no values.
 */
import type { Notes } from "../../base/notes.ts";
import type { ReadGroup } from "./read-groups.ts";

/** By `tableKey`: the paths of the oldest and the newest files with rows of the table. */
export type PathsByTable = ReadonlyMap<string, readonly string[]>;

export interface KnownPlace {
  /** The files that were opened. */
  readonly read: readonly ReadGroup[];
  readonly paths: PathsByTable;
}

export interface KnownPlaces {
  /** Undefined for a place of which nothing is remembered. */
  of(location: string): Promise<KnownPlace | undefined>;
  remember(location: string, place: KnownPlace): Promise<void>;
}

/** A note of another form has another name. */
const named = (location: string): string => `tables in files of whole transactions, 1: ${location}`;

export function knownPlaces(notes: Notes): KnownPlaces {
  const places = new Map<string, KnownPlace>();
  return {
    async of(location) {
      const known = places.get(location) ?? parsePlace(await notes.read(named(location)));
      if (known !== undefined) places.set(location, known);
      return known;
    },
    async remember(location, place) {
      places.set(location, place);
      await notes.write(named(location), JSON.stringify({ read: place.read, paths: [...place.paths] }));
    },
  };
}

interface WrittenPlace {
  readonly read: readonly ReadGroup[];
  readonly paths: readonly (readonly [string, readonly string[]])[];
}

function parsePlace(text: string | undefined): KnownPlace | undefined {
  if (text === undefined) return undefined;
  const { read, paths } = JSON.parse(text) as WrittenPlace;
  return { read, paths: new Map(paths) };
}
