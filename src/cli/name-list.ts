/** `id,name` as a list; a name that contains a comma or a double quote is put in double quotes. */
export function nameList(text: string): readonly string[] {
  const names = [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)].map(
    ([, quoted, bare = ""]) => quoted?.replaceAll('""', '"') ?? bare.trim(),
  );
  return names.filter((name) => name !== "");
}
