/** The kind of a share in words, the columns that it gives no more, and the requests about them that wait. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ShareShowAnswer } from "../../../src/client/api-client.ts";
import { requestsQuery } from "../../api/queries.ts";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";

export function ShareCoverage({ share }: { readonly share: ShareShowAnswer }): ReactNode {
  const { covers, closed, id, product, request } = share;
  const { data } = useQuery(requestsQuery("all"));
  const about = (data?.requests ?? []).filter((one) => one.about === id && one.state === "pending");
  return (
    <section aria-labelledby="covers">
      <div className="section-head">
        <h2 id="covers">What it covers</h2>
      </div>
      <p className="text2 measure">{covers}</p>
      {closed.length === 0 ? undefined : (
        <div className="note pii covered">
          <Icon name="hidden" />
          <div>
            {closed.map(({ on, columns, names }) => (
              <p key={on}>
                <b>{counted(columns, "column")}</b> of <code>{shownName(on)}</code> {columns === 1 ? "is" : "are"}{" "}
                closed{names === null ? "" : `: ${names.map(shownName).join(", ")}`}.
              </p>
            ))}
            {about.length === 0 ? undefined : (
              <p>
                {about.map(({ request: handle, kind, yours }) => (
                  <Link key={handle} to="/sharing/{-$tab}/{-$item}" params={{ tab: handle, item: undefined }}>
                    {yours ? "Decide on" : kind === "judgement" ? "Waiting:" : "Asked:"} <code>{handle}</code>
                  </Link>
                ))}
              </p>
            )}
          </div>
        </div>
      )}
      <p className="small dim from">
        {product === null ? undefined : (
          <>
            Of the product{" "}
            <Link to="/sharing/{-$tab}/{-$item}" params={{ tab: "products", item: product }}>
              <code>{shownName(product)}</code>
            </Link>
            .{" "}
          </>
        )}
        {request === null ? undefined : "It answers a request. "}
        {share.reshare ? "It may be passed on to other accounts." : ""}
      </p>
    </section>
  );
}
