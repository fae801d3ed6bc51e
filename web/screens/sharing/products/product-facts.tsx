/** The facts of a product at its right: who answers for it, how long access lasts, and how fresh it is beside its promise. */
import type { ReactNode } from "react";
import type { ProductShowAnswer } from "../../../../src/client/api-client.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { shownName } from "../../../parts/names.ts";
import { lastsWords } from "./product-words.ts";

export function ProductFacts({ product }: { readonly product: ProductShowAnswer }): ReactNode {
  const { owners, stewards, dataOwner, dataOwnerName, tables, freshness, origin } = product;
  const writeTo = [dataOwnerName, dataOwner].filter((text) => text !== null);
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Owner", owners.length === 0 ? "nobody" : owners.map(shownName).join(", ")],
    ...(stewards.length === 0 ? [] : [["Steward", stewards.map(shownName).join(", ")] as const]),
    ...(writeTo.length === 0 ? [] : [["Write to", writeTo.map(shownName).join(", ")] as const]),
    ["Tables", tables],
    ["Access lasts", lastsWords(product)],
    ["Promised", freshness.promised === null ? "nothing" : `at most ${freshness.promised} old`],
    ...(freshness.oldestAt === null
      ? []
      : [["Oldest table", <Moment key="oldest" at={freshness.oldestAt} />] as const]),
    ...(origin === null ? [] : [["Declared in", "headgate.yaml"] as const]),
  ];
  return (
    <aside aria-label="Facts">
      <div className="card">
        <div className="card-head">
          <h2>Facts</h2>
          {freshness.promised === null || freshness.oldestAt === null ? undefined : (
            <span className="more">
              {freshness.late ? (
                <Badge tone="bad" icon="alert">
                  Late
                </Badge>
              ) : (
                <Badge tone="ok" icon="check">
                  Fresh
                </Badge>
              )}
            </span>
          )}
        </div>
        <dl className="facts card-body">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </aside>
  );
}
