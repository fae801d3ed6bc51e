/** Asks for a product: its questions are answered, its terms accepted; the server takes everything that is in it at that moment. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ProductShowAnswer, RequestCreateInput } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { productQuery } from "../../api/queries.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { Missing } from "../../parts/missing.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { PageHead, Path } from "../../parts/page-head.tsx";
import { Shape } from "../../parts/waiting.tsx";
import { ForWhom, type Target } from "./for-whom.tsx";
import { lastsWords } from "./products/product-words.ts";
import { WhoDecides } from "./who-decides.tsx";

export function AskForProduct({ name }: { readonly name: string }): ReactNode {
  const product = useQuery(productQuery(name));
  return (
    <>
      <PageHead
        title={`Ask for ${shownName(name)}`}
        path={
          <Path
            steps={[
              { text: "Sharing", to: "/sharing" },
              { text: "Products", to: "/sharing/products" },
            ]}
          />
        }
      >
        <p className="text2 page-lead">
          <bdi>{product.data?.description ?? "Nothing is copied: when it is approved, you can read it."}</bdi>
        </p>
      </PageHead>
      <div className="page-body ask">
        {product.data !== undefined ? (
          <AskForm product={product.data} />
        ) : product.error === null ? (
          <Shape lines={6} />
        ) : (
          <Missing failure={product.error} name={`product ${name}`} />
        )}
      </div>
    </>
  );
}

interface Draft {
  readonly for: Target;
  readonly purpose: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly accepts: boolean;
  readonly days: string;
}

type Lacking = "purpose" | "answers" | "terms";

function AskForm({ product }: { readonly product: ProductShowAnswer }): ReactNode {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>({ for: "self", purpose: "", answers: {}, accepts: false, days: "" });
  const [lacking, setLacking] = useState<ReadonlySet<Lacking>>(new Set());
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const sending = useMutation({
    mutationFn: () => api.requestCreate(inputOf(product, draft)),
    onError: noticeEnd,
    onSuccess: async ({ request }) => {
      await Promise.all(["requests", "products", "shares"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      await navigate({ to: "/sharing/{-$tab}/{-$item}", params: { tab: request.request, item: undefined } });
    },
  });
  return (
    <>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const lacks = lackingIn(product, draft);
          setLacking(lacks);
          if (lacks.size === 0) sending.mutate();
        }}
      >
        <p className="note small">
          You ask for all of it: {counted(product.tables, "table")}
          {product.has.length === 0 ? "" : `, among them ${product.has.slice(0, 6).map(shownName).join(", ")}`}. Whoever
          decides can leave parts out.
        </p>
        <TextField
          label="Purpose"
          lines={4}
          value={draft.purpose}
          onType={(purpose) => change({ purpose })}
          hint="The owner reads it before anything else: what you do with the data, and why you need just this."
          error={lacking.has("purpose") ? "Say why you need it. The owner decides by it." : undefined}
        />
        <Questions product={product} draft={draft} isLacking={lacking.has("answers")} onChange={change} />
        <div className="form-row">
          <ForWhom value={draft.for} onChoose={(target) => change({ for: target })} />
          <TextField
            label="For how many days"
            type="number"
            value={draft.days}
            onType={(days) => change({ days })}
            hint={`Empty: ${lastsWords(product)}.`}
          />
        </div>
        <Accept product={product} draft={draft} isLacking={lacking.has("terms")} onChange={change} />
        {sending.error === null ? undefined : <FailureNote failure={sending.error} />}
        <div className="form-foot">
          <Button type="submit" loading={sending.isPending}>
            Ask for access
          </Button>
        </div>
      </form>
      <WhoDecides items={[]} product={product.name} target={draft.for} />
    </>
  );
}

function lackingIn(
  { questions, terms }: ProductShowAnswer,
  { purpose, answers, accepts }: Draft,
): ReadonlySet<Lacking> {
  const lacks = new Set<Lacking>();
  if (purpose.trim() === "") lacks.add("purpose");
  if (questions.some((question) => (answers[question] ?? "").trim() === "")) lacks.add("answers");
  if (terms !== null && !accepts) lacks.add("terms");
  return lacks;
}

function inputOf({ name, terms, questions }: ProductShowAnswer, draft: Draft): RequestCreateInput {
  const { for: target, purpose, answers, days } = draft;
  return {
    product: name,
    for: target,
    purpose: purpose.trim(),
    answers: Object.fromEntries(questions.map((question) => [question, (answers[question] ?? "").trim()])),
    ...(terms === null ? {} : { acceptTerms: terms.version }),
    ...(days.trim() === "" ? {} : { days: Number(days) }),
  };
}

interface PartProps {
  readonly product: ProductShowAnswer;
  readonly draft: Draft;
  readonly isLacking: boolean;
  readonly onChange: (part: Partial<Draft>) => void;
}

function Questions({ product: { questions }, draft: { answers }, isLacking, onChange }: PartProps): ReactNode {
  return questions.map((question) => {
    const answer = answers[question] ?? "";
    return (
      <TextField
        key={question}
        label={shownName(question)}
        lines={2}
        value={answer}
        onType={(text) => onChange({ answers: { ...answers, [question]: text } })}
        error={isLacking && answer.trim() === "" ? "The owner wants to know this." : undefined}
      />
    );
  });
}

function Accept({ product: { terms }, draft, isLacking, onChange }: PartProps): ReactNode {
  if (terms === null) return undefined;
  return (
    <div className="card terms-card">
      <p className="purpose card-body">
        <bdi>{terms.text}</bdi>
      </p>
      <label className="tick-label card-foot">
        <input
          type="checkbox"
          className="tick"
          checked={draft.accepts}
          aria-invalid={isLacking}
          onChange={({ currentTarget }) => onChange({ accepts: currentTarget.checked })}
        />
        I accept these terms, version {terms.version}
      </label>
      {isLacking ? (
        <p className="field-error card-foot" role="alert">
          Without them nothing is approved.
        </p>
      ) : undefined}
    </div>
  );
}
