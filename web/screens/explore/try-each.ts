/** The members of a list that can be read; none of what is no list. */
export function tryEach<Item>(given: unknown, read: (one: unknown) => Item | undefined): readonly Item[] {
  if (!Array.isArray(given)) return [];
  return given.map(read).filter((one) => one !== undefined);
}
