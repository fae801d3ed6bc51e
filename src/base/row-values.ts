/**
 * Values of rows in what is told about work: the examples of a reconcile, and the words of an engine or a server that quote a value.
 * They are kept beside what everybody may see, in members of these names, and leave only towards whoever may read rows: never into
 * the ledger, a log, an alert, or an answer to others.
 */
/** For everybody. */
export function withoutRowValues<T>(document: T): T {
  return mapObjects(document, (members) => {
    const { quoted: _quoted, examples: _examples, ...rest } = members;
    return isError(members) || isVerdict(members) ? rest : members;
  }) as T;
}

/** For who may read rows: an error's message is the one with the values. */
export function withRowValues<T>(document: T): T {
  return mapObjects(document, (members) => {
    const { quoted, ...rest } = members;
    return isError(members) ? { ...rest, message: quoted ?? rest["message"] } : members;
  }) as T;
}

type Members = Readonly<Record<string, unknown>>;

/** A `PresentedError`. */
function isError({ code, message, remedy }: Members): boolean {
  return [code, message, remedy].every((member) => typeof member === "string");
}

/** A `TableVerdict`. */
function isVerdict({ examples }: Members): boolean {
  return typeof examples === "object" && examples !== null && "onlyInSource" in examples;
}

function mapObjects(value: unknown, map: (members: Members) => Members): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, map));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(map(value as Members)).map(([name, member]) => [name, mapObjects(member, map)]),
  );
}
