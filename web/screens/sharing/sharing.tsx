/** Sharing: what waits for a decision, what one has asked for, shares and products; the list at the left, one of them at the right. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { requestQuery } from "../../api/queries.ts";
import { ProductsPane } from "./products/products-pane.tsx";
import { RequestsPane } from "./requests-pane.tsx";
import { SharesPane } from "./shares-pane.tsx";
import { SharingHead, type SharingTab } from "./sharing-head.tsx";
import "../../styles/panes.css";
import "../../styles/forms.css";
import "../../styles/sharing.css";

/** First parts of addresses that are no request's name. */
const places = ["mine", "shares", "products", "links"] as const;

export function Sharing(): ReactNode {
  const { tab: first, item } = useParams({ from: "/inside/sharing/{-$tab}/{-$item}" });
  const place = places.find((one) => one === first);
  const opened = place === undefined ? first : undefined;
  const { data } = useQuery({ ...requestQuery(opened ?? ""), enabled: opened !== undefined });
  const tab: SharingTab =
    place === "links" ? "shares" : (place ?? (opened !== undefined && data?.mine === true ? "mine" : "decide"));
  const isHeading = opened === undefined && item === undefined && place !== "links";
  return (
    <div className={isHeading ? "panes" : "panes chosen"}>
      {tab === "shares" ? (
        <SharesPane item={item} isLinks={place === "links"} />
      ) : tab === "products" ? (
        <ProductsPane head={<SharingHead tab={tab} isHeading={isHeading} />} item={item} />
      ) : (
        <RequestsPane tab={tab} opened={opened} />
      )}
    </div>
  );
}
