/** One product: what is in it, what whoever asks has to say and to accept, its shares and requests, and its steps so far. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ProductShowAnswer } from "../../../../src/client/api-client.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { shownName } from "../../../parts/names.ts";
import { counted } from "../../../parts/numbers.ts";
import { PageTitle } from "../../../parts/page-head.tsx";
import { Timeline } from "../../../parts/timeline.tsx";
import { holderWords, shareState } from "../request-words.ts";
import { SensitiveBadge } from "../sensitive-badge.tsx";
import { ProductFacts } from "./product-facts.tsx";
import { ProductThings } from "./product-things.tsx";
import { standingOf, stepWords } from "./product-words.ts";
import { RemoveProductDialog } from "./remove-product-dialog.tsx";

interface ProductDetailProps {
  readonly product: ProductShowAnswer;
  readonly isOpened: boolean;
}

export function ProductDetail({ product, isOpened }: ProductDetailProps): ReactNode {
  return (
    <div className="request">
      <Head product={product} isOpened={isOpened} />
      <div className="request-columns">
        <div className="request-main">
          <Actions product={product} />
          <ProductThings product={product} />
          <Conditions product={product} />
          <Shares product={product} />
          <Steps product={product} />
        </div>
        <ProductFacts product={product} />
      </div>
    </div>
  );
}

function Head({ product, isOpened }: ProductDetailProps): ReactNode {
  const { name, description, sensitivity, account } = product;
  const { text, tone, icon } = standingOf(product);
  const title = <code>{shownName(name)}</code>;
  return (
    <header className="request-head">
      <div className="row wrap">
        <Badge tone={tone} icon={icon}>
          {text}
        </Badge>
        <SensitiveBadge of={sensitivity} />
        <span className="small dim">offered by {shownName(account)}</span>
      </div>
      {isOpened ? <PageTitle title={name}>{title}</PageTitle> : <h2 className="request-title">{title}</h2>}
      {description === null ? undefined : (
        <p className="text2 purpose">
          <bdi>{description}</bdi>
        </p>
      )}
    </header>
  );
}

function Actions({ product }: { readonly product: ProductShowAnswer }): ReactNode {
  const [isRemoving, setIsRemoving] = useState(false);
  const { name, state, yours } = product;
  if (state !== "requestable" && !yours) return undefined;
  return (
    <div className="form-foot">
      {state === "requestable" ? (
        <Button
          component={Link}
          to={`/sharing/ask?product=${encodeURIComponent(name)}`}
          variant={yours ? "default" : "filled"}
        >
          Ask for it
        </Button>
      ) : undefined}
      {yours ? (
        <>
          <Button
            component={Link}
            to={`/sharing/products/${encodeURIComponent(name)}?edit=true`}
            variant="default"
            leftSection={<Icon name="edit" size={16} />}
          >
            Change
          </Button>
          <Button variant="default" onClick={() => setIsRemoving(true)}>
            Remove…
          </Button>
        </>
      ) : undefined}
      {isRemoving ? <RemoveProductDialog name={name} onClose={() => setIsRemoving(false)} /> : undefined}
    </div>
  );
}

function Conditions({
  product: { questions, terms, earlierTerms },
}: {
  readonly product: ProductShowAnswer;
}): ReactNode {
  return (
    <section aria-labelledby="conditions">
      <div className="section-head">
        <h2 id="conditions">Questions and terms</h2>
      </div>
      <div className="card">
        {questions.length === 0 ? undefined : (
          <ol className="card-body steps-list" aria-label="Questions">
            {questions.map((question) => (
              <li key={question} className="wrap-anywhere">
                <bdi>{question}</bdi>
              </li>
            ))}
          </ol>
        )}
        {terms === null ? undefined : (
          <div className="card-body terms">
            <p className="small dim">Terms, version {terms.version}</p>
            <p className="purpose">
              <bdi>{terms.text}</bdi>
            </p>
          </div>
        )}
        {questions.length === 0 && terms === null ? (
          <p className="card-body small dim">Only a purpose: it has no questions and no terms.</p>
        ) : undefined}
        {earlierTerms.length === 0 ? undefined : (
          <details className="card-foot small">
            <summary>{counted(earlierTerms.length, "earlier version")} of the terms</summary>
            {earlierTerms.map(({ version, text, setAt }) => (
              <div key={version} className="terms">
                <p className="dim">
                  Version {version}, <Moment at={setAt} />
                </p>
                <p className="purpose">
                  <bdi>{text ?? "No terms."}</bdi>
                </p>
              </div>
            ))}
          </details>
        )}
      </div>
    </section>
  );
}

function Shares({ product: { shares, requests } }: { readonly product: ProductShowAnswer }): ReactNode {
  if (shares.length + requests.length === 0) return undefined;
  return (
    <section aria-labelledby="hanging">
      <div className="section-head">
        <h2 id="hanging">Requests and shares</h2>
      </div>
      <ul className="card list tight">
        {requests.map((request) => (
          <li key={request}>
            <Icon name="waiting" />
            <Link className="grow" to="/sharing/{-$tab}/{-$item}" params={{ tab: request, item: undefined }}>
              <code>{request}</code>
            </Link>
            <Badge tone="warn" icon="waiting">
              Waiting
            </Badge>
          </li>
        ))}
        {shares.map((share) => (
          <ShareOfProduct key={share.id} share={share} />
        ))}
      </ul>
    </section>
  );
}

function ShareOfProduct({ share }: { readonly share: ProductShowAnswer["shares"][number] }): ReactNode {
  const { id, to, until, tables, outside, outsideNames } = share;
  const { text, tone, icon } = shareState(share);
  return (
    <li>
      <Icon name="share" />
      <span className="grow wrap-anywhere">
        <Link to="/sharing/{-$tab}/{-$item}" params={{ tab: "shares", item: id }}>
          To {holderWords(to)}
        </Link>
        <span className="small dim block">
          {counted(tables, "table")}
          {until === null ? (
            ""
          ) : (
            <>
              , until <Moment at={until} />
            </>
          )}
        </span>
        {outside === 0 ? undefined : (
          <span className="small text2 block">
            {counted(outside, "table")} of the product {outside === 1 ? "is" : "are"} not in it
            {outsideNames.length === 0 ? "" : `: ${outsideNames.map(shownName).join(", ")}`}. Whoever needs{" "}
            {outside === 1 ? "it" : "them"} asks for the product again.
          </span>
        )}
      </span>
      <Badge tone={tone} icon={icon}>
        {text}
      </Badge>
    </li>
  );
}

function Steps({ product: { events } }: { readonly product: ProductShowAnswer }): ReactNode {
  if (events.length === 0) return undefined;
  return (
    <section aria-labelledby="steps">
      <div className="section-head">
        <h2 id="steps">So far</h2>
      </div>
      <Timeline
        steps={events.toReversed().map(({ type, at, share }, place) => ({
          key: `${place} ${at}`,
          state: "done",
          text:
            share === null ? (
              stepWords(type)
            ) : (
              <Link to="/sharing/{-$tab}/{-$item}" params={{ tab: "shares", item: share }}>
                {stepWords(type)}
              </Link>
            ),
          at,
        }))}
      />
    </section>
  );
}
