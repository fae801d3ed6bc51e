/** Asks for data: find it, choose columns and rows, say why and for how long, see who decides, send. A product has a form of its own. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { AskedItem } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { PageHead, Path } from "../../parts/page-head.tsx";
import { AskItem } from "./ask-item.tsx";
import { AskForProduct } from "./ask-for-product.tsx";
import { ForWhom } from "./for-whom.tsx";
import { FindData } from "./find-data.tsx";
import { WhoDecides } from "./who-decides.tsx";
import "../../styles/forms.css";
import "../../styles/sharing.css";

interface Draft {
  readonly items: readonly AskedItem[];
  readonly for: "self" | "account";
  readonly purpose: string;
  readonly days: Days;
  readonly leaves: "" | "No" | "Yes";
  readonly joined: string;
}

type Days = "30" | "90" | "180" | "365" | "none";

export function Ask(): ReactNode {
  const { on, product } = useSearch({ from: "/inside/sharing/ask" });
  return product === undefined ? <AskForThings key={on} on={on} /> : <AskForProduct key={product} name={product} />;
}

function AskForThings({ on }: { readonly on: string | undefined }): ReactNode {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>({
    items: on === undefined ? [] : [{ on }],
    for: "self",
    purpose: "",
    days: "90",
    leaves: "",
    joined: "",
  });
  const [lacking, setLacking] = useState<"items" | "purpose">();
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const sending = useMutation({
    mutationFn: (isDraft: boolean) => api.requestCreate({ ...inputOf(draft), draft: isDraft }),
    onError: noticeEnd,
    onSuccess: async ({ request }) => {
      await Promise.all(["requests", "shares", "access"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      await navigate({ to: "/sharing/{-$tab}/{-$item}", params: { tab: request.request, item: undefined } });
    },
  });
  const send = (isDraft: boolean): void => {
    const lacks = draft.items.length === 0 ? "items" : draft.purpose.trim() === "" ? "purpose" : undefined;
    setLacking(lacks);
    if (lacks === undefined) sending.mutate(isDraft);
  };
  return (
    <>
      <PageHead title="Ask for data" path={<Path steps={[{ text: "Sharing", to: "/sharing" }]} />}>
        <p className="text2 page-lead">
          Say what you need and why. Nothing is copied: when it is approved, you can read it.
        </p>
      </PageHead>
      <div className="page-body ask">
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            send(false);
          }}
        >
          <FindData
            chosen={draft.items.map((item) => item.on)}
            isLacking={lacking === "items" && draft.items.length === 0}
            onAdd={(name) => change({ items: [...draft.items, { on: name }] })}
          />
          {draft.items.map((item) => (
            <AskItem
              key={item.on}
              item={item}
              onChange={(changed) => change({ items: draft.items.map((one) => (one.on === item.on ? changed : one)) })}
              onRemove={() => change({ items: draft.items.filter((one) => one.on !== item.on) })}
            />
          ))}
          <Purpose draft={draft} isLacking={lacking === "purpose"} onChange={change} />
          {sending.error === null ? undefined : <FailureNote failure={sending.error} />}
          <div className="form-foot">
            <Button type="submit" loading={sending.isPending}>
              Ask for access
            </Button>
            <Button variant="default" onClick={() => send(true)}>
              Keep as a draft
            </Button>
          </div>
        </form>
        <WhoDecides items={draft.items} target={draft.for} />
      </div>
    </>
  );
}

function inputOf({
  items,
  for: target,
  purpose,
  days,
  leaves,
  joined,
}: Draft): Parameters<typeof api.requestCreate>[0] {
  const answers = {
    ...(leaves === "" ? {} : { "Leaves the company?": leaves }),
    ...(joined.trim() === "" ? {} : { "Joined with": joined.trim() }),
  };
  return { items, for: target, purpose: purpose.trim(), answers, ...(days === "none" ? {} : { days: Number(days) }) };
}

interface PurposeProps {
  readonly draft: Draft;
  readonly isLacking: boolean;
  readonly onChange: (part: Partial<Draft>) => void;
}

function Purpose({ draft, isLacking, onChange }: PurposeProps): ReactNode {
  return (
    <>
      <TextField
        label="Purpose"
        lines={4}
        value={draft.purpose}
        onType={(purpose) => onChange({ purpose })}
        hint="The owner reads it before anything else: what you do with the data, and why you need just this."
        error={isLacking ? "Say why you need it. The owner decides by it." : undefined}
      />
      <div className="form-row">
        <ChoiceField
          label="For how long"
          value={draft.days}
          onChoose={(days) => onChange({ days })}
          options={[
            ["30", "30 days"],
            ["90", "90 days"],
            ["180", "6 months"],
            ["365", "A year"],
            ["none", "Without an end"],
          ]}
        />
        <ForWhom value={draft.for} onChoose={(target) => onChange({ for: target })} />
        <ChoiceField
          label="Leaves the company?"
          value={draft.leaves}
          onChoose={(leaves) => onChange({ leaves })}
          options={[
            ["", "Not said"],
            ["No", "No"],
            ["Yes", "Yes"],
          ]}
        />
      </div>
      <TextField
        label="Joined with"
        isName
        value={draft.joined}
        onType={(joined) => onChange({ joined })}
        hint="Other tables that you combine it with, if any."
      />
    </>
  );
}
