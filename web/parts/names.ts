/** Names as people see them: control characters escaped, so that no name can look like another or break a line. */

// Controls, marks that turn the direction of text, and characters without width.
// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function shownName(name: string): string {
  return name.replaceAll(unseen, (found) => `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

/** A name as it must be written in SQL. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `database.table`, as every operation takes it: a name that has a dot or a quote is quoted. */
export function tableName(database: string, name: string): string {
  return `${part(database)}.${part(name)}`;
}

function part(name: string): string {
  return name === "" || /[."*?]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** AN for "group:analysts": the kind before the colon says nothing about who it is. */
export function initials(principal: string): string {
  const name = principal.replace(/^[a-z]+:(?=.)/, "");
  const words = name.split(/[\s._@-]+/).filter((word) => word !== "");
  const letters =
    words.length > 1 ? [words[0], words.at(-1)].map((word) => [...(word ?? "")][0]) : [...name].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** One of five colours, always the same for the same name. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return (sum % 5) + 1;
}
