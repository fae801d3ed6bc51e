/**
 * Values of rows in reports about work: the examples of a reconcile, and messages of an engine or a server that quote a
 * value. They are kept apart from what everybody may see, in members with the names used here, and are given only to
 * people who may read rows. They never enter the ledger, a log, an alert, or an answer to anybody else.
 */
/** Removes row values, for readers who may not read rows. */
export function withoutRowValues<T>(document: T): T {
  return mapObjects(document, (members) => {
    const { quoted: _quoted, examples: _examples, ...rest } = members;
    return isError(members) || isVerdict(members) ? rest : members;
  }) as T;
}

/** For readers who may read rows: an error's message becomes the one that includes the values. */
export function withRowValues<T>(document: T): T {
  return mapObjects(document, (members) => {
    const { quoted, ...rest } = members;
    return isError(members) ? { ...rest, message: quoted ?? rest["message"] } : members;
  }) as T;
}

type Members = Readonly<Record<string, unknown>>;

/** Recognises a `PresentedError`. */
function isError({ code, message, remedy }: Members): boolean {
  return [code, message, remedy].every((member) => typeof member === "string");
}

/** Recognises a `TableVerdict`. */
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
