/** The tables and databases of a product, as far as one may know them; whoever may change it puts in and takes out here. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ProductShowAnswer } from "../../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../../api/client.ts";
import { tablesQuery } from "../../../api/queries.ts";
import { FailureNote } from "../../../parts/failure-note.tsx";
import { TextField } from "../../../parts/field.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { shownName, tableName } from "../../../parts/names.ts";
import { counted } from "../../../parts/numbers.ts";
import { addressOf } from "../../../parts/table-address.ts";
import { isOneTable } from "../request-words.ts";

export function ProductThings({ product }: { readonly product: ProductShowAnswer }): ReactNode {
  const { name, has, hidden, tables, yours } = product;
  const changing = useMutation({
    mutationFn: (change: Change) =>
      (change.verb === "put" ? api.productPut : api.productTake)({ product: name, on: [change.on] }),
    onError: noticeEnd,
    onSuccess: () => cache.invalidateQueries({ queryKey: ["products"] }),
  });
  return (
    <section aria-labelledby="inside">
      <div className="section-head">
        <h2 id="inside">What is in it</h2>
        <span className="dim">{counted(tables, "table")}</span>
      </div>
      <ul className="card list tight">
        {has.map((on) => (
          <li key={on}>
            <Icon name={isOneTable(on) ? "table" : "database"} />
            <Thing on={on} />
            {yours ? (
              <button
                type="button"
                className="bare"
                aria-label={`Take out ${shownName(on)}`}
                title="Take it out"
                onClick={() => changing.mutate({ verb: "take", on })}
              >
                <Icon name="close" size={16} />
              </button>
            ) : undefined}
          </li>
        ))}
        {hidden === 0 ? undefined : (
          <li className="small dim">
            {counted(hidden, has.length === 0 ? "thing" : "more thing")} that you may not know by name yet.
          </li>
        )}
        {has.length + hidden === 0 ? <li className="small dim">Nothing yet.</li> : undefined}
      </ul>
      {changing.error === null ? undefined : <FailureNote failure={changing.error} />}
      {yours ? <PutIn isBusy={changing.isPending} onPut={(on) => changing.mutate({ verb: "put", on })} /> : undefined}
    </section>
  );
}

interface Change {
  readonly verb: "put" | "take";
  readonly on: string;
}

function Thing({ on }: { readonly on: string }): ReactNode {
  const name = <code className="wrap-anywhere">{shownName(on)}</code>;
  return <span className="grow">{isOneTable(on) ? <Link to={addressOf(on)}>{name}</Link> : name}</span>;
}

interface PutInProps {
  readonly isBusy: boolean;
  readonly onPut: (on: string) => void;
}

function PutIn({ isBusy, onPut }: PutInProps): ReactNode {
  const { data } = useQuery(tablesQuery);
  const [on, setOn] = useState("");
  return (
    <form
      className="put-in"
      onSubmit={(event) => {
        event.preventDefault();
        if (on.trim() === "") return;
        onPut(on.trim());
        setOn("");
      }}
    >
      <TextField
        label="Put in"
        isName
        value={on}
        onType={setOn}
        options={(data?.tables ?? []).map(({ database, name }) => tableName(database, name))}
        hint="shop.orders, shop.* or database shop. Shares that were made before do not cover it."
      />
      <Button type="submit" variant="default" loading={isBusy}>
        Put it in
      </Button>
    </form>
  );
}
