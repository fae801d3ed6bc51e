/** Products: the list of those that one may find, and one of them, or the form that makes or changes one, at the right. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { productQuery, productsQuery } from "../../../api/queries.ts";
import { Icon } from "../../../parts/icon.tsx";
import { Missing } from "../../../parts/missing.tsx";
import { counted } from "../../../parts/numbers.ts";
import { PageTitle } from "../../../parts/page-head.tsx";
import { Loaded, Shape } from "../../../parts/waiting.tsx";
import { ProductDetail } from "./product-detail.tsx";
import { ProductForm } from "./product-form.tsx";
import { ProductRows } from "./product-rows.tsx";
import { useMayOffer } from "./use-may-offer.ts";

/** In place of a name; a name cannot begin with it. */
const newProduct = "+new";

interface ProductsPaneProps {
  readonly head: ReactNode;
  readonly item: string | undefined;
}

export function ProductsPane({ head, item }: ProductsPaneProps): ReactNode {
  const products = useQuery(productsQuery);
  const mayOffer = useMayOffer();
  const all = products.data?.products ?? [];
  const shown = item ?? all[0]?.name;
  return (
    <>
      <aside className="pane-list" aria-label="Products">
        {head}
        <Loaded query={products}>{({ products: found }) => <ProductRows products={found} shown={shown} />}</Loaded>
        {mayOffer ? (
          <div className="pane-foot">
            <Button
              component={Link}
              to={`/sharing/products/${newProduct}`}
              variant="default"
              size="compact-md"
              leftSection={<Icon name="add" size={16} />}
            >
              Offer a product
            </Button>
          </div>
        ) : undefined}
      </aside>
      <div className="pane-detail">
        {item === undefined ? undefined : (
          <Link
            className="narrow-only back"
            to="/sharing/{-$tab}/{-$item}"
            params={{ tab: "products", item: undefined }}
          >
            <Icon name="left" size={16} /> {counted(all.length, "product")}
          </Link>
        )}
        {shown === undefined ? undefined : shown === newProduct ? (
          <NewProduct />
        ) : (
          <OneProduct key={shown} name={shown} isOpened={item !== undefined} />
        )}
      </div>
    </>
  );
}

function NewProduct(): ReactNode {
  const navigate = useNavigate();
  return (
    <ProductForm
      onDone={(name) => void navigate({ to: "/sharing/{-$tab}/{-$item}", params: { tab: "products", item: name } })}
    />
  );
}

function OneProduct({ name, isOpened }: { readonly name: string; readonly isOpened: boolean }): ReactNode {
  const product = useQuery(productQuery(name));
  const { edit } = useSearch({ from: "/inside/sharing/{-$tab}/{-$item}" });
  const navigate = useNavigate();
  if (product.data === undefined)
    return product.error === null ? (
      <Shape lines={8} />
    ) : (
      <div className="page-body">
        <PageTitle title="Product">Product</PageTitle>
        <Missing failure={product.error} name={`product ${name}`} />
      </div>
    );
  if (edit !== true || !product.data.yours) return <ProductDetail product={product.data} isOpened={isOpened} />;
  return (
    <ProductForm
      product={product.data}
      onDone={(changed) =>
        void navigate({ to: "/sharing/{-$tab}/{-$item}", params: { tab: "products", item: changed }, replace: true })
      }
    />
  );
}
