import type { Source } from "../../sync/source.ts";
import type { PlanParts, SourceParts } from "./step.ts";

/** Connects to a source as declared, with the given password, or with the one stored for the same address. */
export function openDeclared(
  { context: { sources }, passwords }: PlanParts,
  { name, declared, known }: SourceParts,
): Promise<Source> {
  const password = passwords[name];
  const isStored = known !== undefined && password === undefined && sources.addressOf(declared.url) === known.url;
  return isStored ? sources.open(known) : sources.openAddress({ url: declared.url, password });
}
