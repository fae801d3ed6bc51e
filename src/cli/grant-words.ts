/** The words of `headgate grant select on shop.orders to ann`, and of `headgate revoke … from ann`. */
import { HeadgateError } from "../errors.ts";
import { permissions, type Permission } from "../governance/permission.ts";
import { closest } from "../base/closest.ts";

export interface GrantWords {
  readonly permissions: readonly Permission[];
  readonly on: string;
  readonly principal: string;
}

/** `preposition` is "to" or "from". Throws USAGE. */
export function grantWords(words: readonly string[], preposition: "to" | "from"): GrantWords {
  const folded = words.map((word) => word.toLowerCase());
  const on = folded.indexOf("on");
  const to = folded.lastIndexOf(preposition);
  const [listed, resource, principal] = [words.slice(0, on), words.slice(on + 1, to), words.slice(to + 1)];
  if (on < 1 || to < on || resource.length === 0 || principal.length !== 1) throw misspelled(words, preposition);
  return {
    permissions: listed
      .flatMap((word) => word.split(","))
      .filter((word) => word !== "")
      .map(permissionNamed),
    on: resource.join(" "),
    principal: principal[0] ?? "",
  };
}

function misspelled(words: readonly string[], preposition: "to" | "from"): HeadgateError {
  const command = preposition === "to" ? "grant" : "revoke";
  return new HeadgateError("USAGE", {
    place: `${command} ${words.join(" ")}`,
    message: `a ${command} says which permissions, on what, and ${preposition} whom`,
    remedy: `write for example: headgate ${command} select on shop.orders ${preposition} ann`,
  });
}

/** The words of other systems for a permission. */
const otherWords: Readonly<Record<string, Permission>> = {
  READ: "SELECT",
  VIEW: "SELECT",
  WRITE: "INSERT",
  UPDATE: "INSERT",
  ADMIN: "ADMINISTER",
  OWN: "ADMINISTER",
  RUN: "OPERATE",
  FIND: "BROWSE",
};

function permissionNamed(word: string): Permission {
  const name = word.toUpperCase().replaceAll("-", "_");
  const found = permissions.find((permission) => permission === name);
  if (found !== undefined) return found;
  const meant = otherWords[name] ?? closest(name, permissions);
  throw new HeadgateError("USAGE", {
    place: word,
    message: `there is no permission ${word}${meant === undefined ? "" : `; did you mean ${meant.toLowerCase()}?`}`,
    remedy: `write one or several of ${permissions.map((one) => one.toLowerCase()).join(", ")}`,
  });
}
