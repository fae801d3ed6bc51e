/**
 * The name of a user or a group from what a provider calls them: `Ann.Müller@example.com` is `ann.muller`. Pure. Whether
 * the name is free is another question.
 */
const longest = 56;

export function nameFrom(called: string, otherwise = "user"): string {
  const [local = ""] = called.split("@");
  const plain = local
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, longest)
    .replace(/[^a-z0-9]+$/, "");
  return plain === "" || plain === "local" ? otherwise : plain;
}

/** The name itself, then with numbers, for as long as they are taken. */
export function* freeNames(name: string): Generator<string> {
  yield name;
  for (let number = 2; ; number++) yield `${name}-${number}`;
}
