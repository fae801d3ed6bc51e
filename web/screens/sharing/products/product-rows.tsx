/** Products at the left: name, what it is, and how one stands to it. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Product } from "../../../../src/client/api-client.ts";
import { Badge, Tile } from "../../../parts/badge.tsx";
import { Empty } from "../../../parts/empty.tsx";
import { shownName } from "../../../parts/names.ts";
import { counted } from "../../../parts/numbers.ts";
import { SensitiveBadge } from "../sensitive-badge.tsx";
import { standingOf } from "./product-words.ts";

interface ProductRowsProps {
  readonly products: readonly Product[];
  readonly shown: string | undefined;
}

export function ProductRows({ products, shown }: ProductRowsProps): ReactNode {
  if (products.length === 0)
    return (
      <Empty icon="product" title="No products yet.">
        <p className="small">
          Tables that belong together can be offered as one thing, with owners, terms and questions. Until then,{" "}
          <Link to="/sharing/ask">ask for tables</Link>.
        </p>
      </Empty>
    );
  return (
    <ul>
      {products.map((product) => (
        <li key={product.name}>
          <Link
            to="/sharing/{-$tab}/{-$item}"
            params={{ tab: "products", item: product.name }}
            aria-current={product.name === shown ? "page" : undefined}
          >
            <ProductSummary product={product} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function ProductSummary({ product }: { readonly product: Product }): ReactNode {
  const { name, description, tables, sensitivity } = product;
  const { text, tone, icon } = standingOf(product);
  return (
    <>
      <Tile icon="product" />
      <span className="grow">
        <code className="strong clip block">{shownName(name)}</code>
        <span className="small text2 clip block">
          <bdi>{description ?? counted(tables, "table")}</bdi>
        </span>
        <span className="row wrap summary-badges">
          <Badge tone={tone} icon={icon}>
            {text}
          </Badge>
          <SensitiveBadge of={sensitivity} />
        </span>
      </span>
    </>
  );
}
