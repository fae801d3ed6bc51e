/** Chooses for whom something is asked: oneself, or the account in which one acts, for those who administer it. */
import type { ReactNode } from "react";
import { useQuery } from "@tanstack/react-query";
import { useMe } from "../../api/me.ts";
import { mineQuery } from "../../api/queries.ts";
import { ChoiceField } from "../../parts/field.tsx";

export type Target = "self" | "account";

interface ForWhomProps {
  readonly value: Target;
  readonly onChoose: (target: Target) => void;
}

export function ForWhom({ value, onChoose }: ForWhomProps): ReactNode {
  const me = useMe();
  const { data: mine } = useQuery(mineQuery);
  const account = me?.account ?? null;
  const administers =
    mine?.everything === true ||
    mine?.reached.some(
      ({ kind, resource, actions }) =>
        kind === "account" && resource.endsWith(account ?? "\0") && actions.includes("administer"),
    ) === true;
  if (account === null || !administers) return undefined;
  return (
    <ChoiceField
      label="For whom"
      value={value}
      onChoose={onChoose}
      options={[
        ["self", "Yourself"],
        ["account", `Account ${account}`],
      ]}
    />
  );
}
