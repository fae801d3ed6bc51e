/** The console's address of a table whose name the API says as `database.table`. */

export function addressOf(label: string): string {
  return `/catalog/${partsOf(label).map(encodeURIComponent).join("/")}`;
}

/** The parts of a name; a part with dots or quotes stands in double quotes. */
export function partsOf(label: string): readonly string[] {
  return [...label.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "",
  );
}
