/** The form that makes a product, or changes what is said of one, who answers for it, and on which terms it is. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { ProductShowAnswer } from "../../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../../api/client.ts";
import { tablesQuery } from "../../../api/queries.ts";
import { FailureNote } from "../../../parts/failure-note.tsx";
import { TextField } from "../../../parts/field.tsx";
import { shownName, tableName } from "../../../parts/names.ts";
import { PageTitle } from "../../../parts/page-head.tsx";
import { addInputOf, draftOf, setInputOf, type ProductDraft } from "./product-draft.ts";

interface ProductFormProps {
  /** Undefined for a new one. */
  readonly product?: ProductShowAnswer;
  /** Takes the name that the product then has. */
  readonly onDone: (name: string) => void;
}

export function ProductForm({ product, onDone }: ProductFormProps): ReactNode {
  const [draft, setDraft] = useState(() => draftOf(product));
  const [isLacking, setIsLacking] = useState(false);
  const saving = useMutation({
    mutationFn: () => save(product, draft),
    onError: noticeEnd,
    onSuccess: async (name) => {
      await cache.invalidateQueries({ queryKey: ["products"] });
      onDone(name);
    },
  });
  const change = (part: Partial<ProductDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const title = product === undefined ? "Offer a product" : `Change ${shownName(product.name)}`;
  return (
    <div className="request">
      <header className="request-head">
        <PageTitle title={title}>{title}</PageTitle>
        <p className="text2">
          Whoever finds it can ask for everything that is in it at once. You say who finds it by granting BROWSE on it.
        </p>
      </header>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const lacks = draft.name.trim() === "";
          setIsLacking(lacks);
          if (!lacks) saving.mutate();
        }}
      >
        <About draft={draft} isNew={product === undefined} isLacking={isLacking} onChange={change} />
        <Answering draft={draft} onChange={change} />
        <Terms draft={draft} onChange={change} />
        {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
        <div className="form-foot">
          <Button type="submit" loading={saving.isPending}>
            {product === undefined ? "Offer it" : "Save"}
          </Button>
          {product === undefined ? undefined : (
            <Button variant="default" onClick={() => onDone(product.name)}>
              Leave it as it was
            </Button>
          )}
        </div>
      </form>
    </div>
  );
}

async function save(product: ProductShowAnswer | undefined, draft: ProductDraft): Promise<string> {
  if (product === undefined) return (await api.productAdd(addInputOf(draft))).name;
  const input = setInputOf(product, draft);
  return input === undefined ? product.name : (await api.productSet(input)).product.name;
}

interface PartProps {
  readonly draft: ProductDraft;
  readonly onChange: (part: Partial<ProductDraft>) => void;
}

interface AboutProps extends PartProps {
  readonly isNew: boolean;
  readonly isLacking: boolean;
}

function About({ draft, isNew, isLacking, onChange }: AboutProps): ReactNode {
  const { data } = useQuery(tablesQuery);
  const first = data?.tables.find(({ link, kind }) => link === undefined && kind !== "view");
  const example = first === undefined ? "shop.orders" : shownName(tableName(first.database, first.name));
  return (
    <>
      <TextField
        label="Name"
        isName
        value={draft.name}
        onType={(name) => onChange({ name })}
        hint="Letters, digits, _ and -."
        error={isLacking ? "It needs a name." : undefined}
      />
      <TextField
        label="Description"
        lines={3}
        value={draft.description}
        onType={(description) => onChange({ description })}
      />
      {isNew ? (
        <TextField
          label="What is in it"
          isName
          lines={3}
          value={draft.on}
          onType={(on) => onChange({ on })}
          hint={`One in a line: ${example}, shop.* for all tables of a database, database shop.`}
        />
      ) : undefined}
    </>
  );
}

function Answering({ draft, onChange }: PartProps): ReactNode {
  return (
    <>
      <div className="form-row">
        <TextField
          label="Owners"
          isName
          lines={2}
          value={draft.owners}
          onType={(owners) => onChange({ owners })}
          hint="They decide on requests. Users, group:<name>, role:<name>; by default you."
        />
        <TextField
          label="Stewards"
          isName
          lines={2}
          value={draft.stewards}
          onType={(stewards) => onChange({ stewards })}
          hint="They look after what is said of it."
        />
      </div>
      <div className="form-row">
        <TextField
          label="Whom to write to"
          value={draft.dataOwner}
          onType={(dataOwner) => onChange({ dataOwner })}
          hint="An address."
        />
        <TextField
          label="Their name"
          value={draft.dataOwnerName}
          onType={(dataOwnerName) => onChange({ dataOwnerName })}
        />
      </div>
    </>
  );
}

function Terms({ draft, onChange }: PartProps): ReactNode {
  return (
    <>
      <TextField
        label="Questions"
        lines={3}
        value={draft.questions}
        onType={(questions) => onChange({ questions })}
        hint="One in a line. Whoever asks answers each of them."
      />
      <TextField
        label="Terms"
        lines={4}
        value={draft.terms}
        onType={(terms) => onChange({ terms })}
        hint="A change makes a new version, and requests that wait have to accept it. Empty: there are none."
      />
      <div className="form-row">
        <TextField
          label="Access lasts (days)"
          type="number"
          value={draft.defaultDays}
          onType={(defaultDays) => onChange({ defaultDays })}
          hint="If the request does not say. Empty: no end."
        />
        <TextField
          label="At most (days)"
          type="number"
          value={draft.longestDays}
          onType={(longestDays) => onChange({ longestDays })}
          hint="Empty: as long as is asked for."
        />
        <TextField
          label="How old at most"
          isName
          value={draft.freshness}
          onType={(freshness) => onChange({ freshness })}
          hint="Such as 26h. Empty: no promise."
        />
      </div>
    </>
  );
}
