/**
 * Names of schemas, tables and columns before and after the transformation rules of a DMS task: files have the names
 * after them, and the rules choose by the names before. Pure.
 */

/** A rule of any kind, as far as it chooses by names or gives others. */
export interface NamingRule {
  readonly "rule-action"?: string | undefined;
  readonly "rule-target"?: string | undefined;
  readonly "object-locator": {
    readonly "schema-name": string;
    readonly "table-name"?: string | undefined;
    readonly "column-name"?: string | undefined;
  };
  readonly value?: string | null | undefined;
  readonly "old-value"?: string | null | undefined;
}

export interface MappedName {
  readonly target: "schema" | "table" | "column";
  readonly text: string;
  /** Where it is, by names in the database. */
  readonly within: { readonly schema?: string; readonly table?: string };
}

const namings = new Set([
  "rename",
  "convert-lowercase",
  "convert-uppercase",
  "add-prefix",
  "remove-prefix",
  "replace-prefix",
  "add-suffix",
  "remove-suffix",
  "replace-suffix",
]);

export function isNaming({ "rule-action": action = "" }: NamingRule): boolean {
  return namings.has(action);
}

/** The name that the files have for a name of the database. */
export function targetName(rules: readonly NamingRule[], { target, text, within }: MappedName): string {
  const own = rules.filter((rule) => isNaming(rule) && rule["rule-target"] === target);
  return own.filter((rule) => isLocated(rule, { target, text, within })).reduce(changedName, text);
}

/**
 * Names of the database that the files may have under this name. Which one it was cannot be told from the files alone
 * (a name in lower case can have been any), so these are the names in rules, and those that undoing the rules leads to.
 */
export function originalsOf(rules: readonly NamingRule[], { target, text, within }: MappedName): readonly string[] {
  const own = rules.filter((rule) => isNaming(rule) && rule["rule-target"] === target);
  const named = rules.flatMap((rule) => locatedName(rule, target));
  const once = own.flatMap((rule) => undoneNames(rule, text));
  const twice = own.flatMap((rule) => once.flatMap((name) => undoneNames(rule, name)));
  const candidates = new Set([text, ...named, ...once, ...twice]);
  return [...candidates].filter((name) => targetName(rules, { target, text: name, within }) === text);
}

function isLocated({ "object-locator": place }: NamingRule, { target, text, within }: MappedName): boolean {
  const names: Readonly<Partial<Record<MappedName["target"], string>>> = { ...within, [target]: text };
  return (["schema", "table", "column"] as const).every((part) => {
    const name = names[part];
    return name === undefined || matchesLike(place[`${part}-name`] ?? "%", name);
  });
}

/** `%`, `_` and `[ab]` stand for any text, one character, and one of these characters. */
export function matchesLike(pattern: string, name: string): boolean {
  const expression = pattern.replaceAll(/\[[^\]]+\]|[%_]|[.*+?^${}()|[\]\\]/g, (part) => {
    if (part === "%") return ".*";
    if (part === "_") return ".";
    return part.length > 1 ? part : `\\${part}`;
  });
  return new RegExp(`^${expression}$`, "su").test(name);
}

/** The name in the rule, if it stands for one name. */
function locatedName({ "object-locator": place }: NamingRule, target: MappedName["target"]): readonly string[] {
  const name = place[`${target}-name`]?.replaceAll("[_]", "_");
  return name === undefined || /[%[\]]/.test(name) ? [] : [name];
}

function changedName(name: string, rule: NamingRule): string {
  const { "rule-action": action } = rule;
  const [value, old] = [rule.value ?? "", rule["old-value"] ?? ""];
  if (action === "rename") return value;
  if (action === "convert-lowercase") return name.toLowerCase();
  if (action === "convert-uppercase") return name.toUpperCase();
  if (action === "add-prefix") return value + name;
  if (action === "add-suffix") return name + value;
  if (action === "remove-prefix") return withoutPrefix(name, value);
  if (action === "remove-suffix") return withoutSuffix(name, value);
  if (action === "replace-prefix") return name.startsWith(old) ? value + withoutPrefix(name, old) : name;
  return name.endsWith(old) ? withoutSuffix(name, old) + value : name;
}

function undoneNames(rule: NamingRule, name: string): readonly string[] {
  const { "rule-action": action } = rule;
  const [value, old] = [rule.value ?? "", rule["old-value"] ?? ""];
  if (action === "convert-lowercase") return [name.toUpperCase()];
  if (action === "convert-uppercase") return [name.toLowerCase()];
  if (action === "add-prefix") return [withoutPrefix(name, value)];
  if (action === "add-suffix") return [withoutSuffix(name, value)];
  if (action === "remove-prefix") return [value + name];
  if (action === "remove-suffix") return [name + value];
  if (action === "replace-prefix") return [old + withoutPrefix(name, value)];
  return action === "replace-suffix" ? [withoutSuffix(name, value) + old] : [];
}

function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function withoutSuffix(name: string, suffix: string): string {
  return suffix !== "" && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}
