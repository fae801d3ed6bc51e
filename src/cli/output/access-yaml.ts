/** People and rights as the text of headgate.yaml, without what can be left out. */
import { stringify } from "yaml";
import type { DeclaredAccess } from "../../operations/declaration/declared-access.ts";

export function accessYaml({ organisation, groups, filters, grants, glossary, descriptions }: DeclaredAccess): string {
  const text = filled({
    organisation: filled({ ...organisation }),
    groups: eachOf(groups, ({ account, ...group }) =>
      filled({ account: account === "main" ? undefined : account, ...group }),
    ),
    filters: eachOf(filters, (named) => eachOf(named, (filter) => filled({ ...filter }))),
    grants,
    glossary,
    descriptions: eachOf(descriptions, ({ columns, ...described }) =>
      filled({ ...described, columns: eachOf(columns, (column) => filled({ ...column })) }),
    ),
  });
  return stringify(text, { lineWidth: 120 });
}

function eachOf<T>(things: Readonly<Record<string, T>>, shown: (thing: T) => object): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, shown(thing)]));
}

/** Without members that are undefined or empty. */
function filled(members: Readonly<Record<string, unknown>>): object {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}
