/** The sensitivity of a thing in one word; nothing for what is not sensitive. */
import type { ReactNode } from "react";
import type { ShareRequest } from "../../../src/client/api-client.ts";
import { Badge } from "../../parts/badge.tsx";

type SensitivityClass = NonNullable<ShareRequest["sensitivity"]>["class"];

const words: Readonly<Record<SensitivityClass, string | undefined>> = {
  none: undefined,
  pii: "Sensitive",
  secret: "Secret",
  unclassified: "Not judged",
};

export function SensitiveBadge({ of }: { readonly of: SensitivityClass }): ReactNode {
  const word = words[of];
  if (word === undefined) return undefined;
  return (
    <Badge tone="pii" icon="sensitive">
      {word}
    </Badge>
  );
}
