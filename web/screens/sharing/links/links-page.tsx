/** The names that the account has for what others share with it: where each leads, or why it leads to nothing any more. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ResourceLink } from "../../../../src/client/api-client.ts";
import { useAdministers } from "../../../api/administers.ts";
import { api, cache, noticeEnd } from "../../../api/client.ts";
import { linksQuery } from "../../../api/queries.ts";
import { ActDialog } from "../../../parts/act-dialog.tsx";
import { Badge } from "../../../parts/badge.tsx";
import { Empty } from "../../../parts/empty.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { shownName } from "../../../parts/names.ts";
import { PageTitle } from "../../../parts/page-head.tsx";
import { addressOf } from "../../../parts/table-address.ts";
import { Loaded } from "../../../parts/waiting.tsx";
import { AddLinkDialog } from "./add-link-dialog.tsx";

export function LinksPage(): ReactNode {
  const links = useQuery(linksQuery);
  const administers = useAdministers();
  const [isAdding, setIsAdding] = useState(false);
  return (
    <div className="request">
      <header className="request-head row wrap">
        <div className="grow">
          <PageTitle title="Links">Links</PageTitle>
          <p className="text2">Names in your account for tables of others. A link gives nobody a right.</p>
        </div>
        {administers ? (
          <Button leftSection={<Icon name="add" size={16} />} onClick={() => setIsAdding(true)}>
            Give a name
          </Button>
        ) : undefined}
      </header>
      <Loaded query={links}>
        {({ links: found }) =>
          found.length === 0 ? (
            <Empty icon="link" title="No links yet.">
              <p className="small">What is shared with your account gets a name here by itself.</p>
            </Empty>
          ) : (
            <ul className="card list tight">
              {found.map((link) => (
                <LinkLine key={link.name} link={link} mayRemove={administers} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isAdding ? <AddLinkDialog onClose={() => setIsAdding(false)} /> : undefined}
    </div>
  );
}

interface LinkLineProps {
  readonly link: ResourceLink;
  readonly mayRemove: boolean;
}

function LinkLine({ link, mayRemove }: LinkLineProps): ReactNode {
  const { name, kind, target, share, state } = link;
  const [isRemoving, setIsRemoving] = useState(false);
  const leads = state === "ok";
  return (
    <li>
      <Icon name={kind === "table" ? "table" : "database"} />
      <span className="grow wrap-anywhere">
        {leads ? (
          <Link to={addressOf(name)}>
            <code className="strong">{shownName(name)}</code>
          </Link>
        ) : (
          <code className="strong">{shownName(name)}</code>
        )}
        <p className="small dim">
          leads to <code>{shownName(target)}</code>
          {share === null ? undefined : (
            <>
              {", by "}
              <Link to="/sharing/{-$tab}/{-$item}" params={{ tab: "shares", item: share }}>
                a share
              </Link>
            </>
          )}
        </p>
        {leads ? undefined : <p className="small text2">{why[state]}</p>}
      </span>
      {leads ? undefined : (
        <Badge tone={state === "name taken" ? "warn" : "plain"} icon={state === "name taken" ? "alert" : "minus"}>
          {state === "name taken" ? "Name taken" : "Leads nowhere"}
        </Badge>
      )}
      {mayRemove ? (
        <button
          type="button"
          className="bare"
          aria-label={`Remove ${shownName(name)}`}
          title="Remove the name"
          onClick={() => setIsRemoving(true)}
        >
          <Icon name="close" size={16} />
        </button>
      ) : undefined}
      {isRemoving ? <RemoveLinkDialog link={link} onClose={() => setIsRemoving(false)} /> : undefined}
    </li>
  );
}

const why: Readonly<Record<ResourceLink["state"], string>> = {
  ok: "",
  "name taken": "Your account has something of its own by this name, which comes first.",
  "target dropped": "The table was dropped.",
  "share not accepted": "The share was not accepted yet.",
  "share suspended": "The share is suspended. When it is resumed, the link leads on.",
  "share revoked": "The share was revoked.",
  "share expired": "The share has ended. Ask for a later end.",
};

function RemoveLinkDialog({ link, onClose }: { readonly link: ResourceLink; readonly onClose: () => void }): ReactNode {
  const removing = useMutation({
    mutationFn: () => api.linkRemove({ name: link.name }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return Promise.all(["links", "tables", "databases"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <ActDialog
      title={`Remove the name ${shownName(link.name)}?`}
      lead={`Statements with this name no longer find ${shownName(link.target)}, which stays as it is.`}
      keep="Keep it"
      act="Remove the name"
      isBusy={removing.isPending}
      failure={removing.error}
      onAct={() => removing.mutate()}
      onClose={onClose}
    />
  );
}
