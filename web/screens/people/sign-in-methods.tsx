/** The ways in which people sign in: passwords, authenticators that an account asks for, and company sign-in. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { AccountSetInput, IdentityProvider } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { AddProviderDialog } from "./add-provider-dialog.tsx";
import { accountsQuery, providersQuery, refreshPeople } from "./people-queries.ts";

export function SignInMethods(): ReactNode {
  const providers = useQuery(providersQuery);
  const [isAdding, setIsAdding] = useState(false);
  return (
    <div className="page-body stack people-page narrow">
      <section className="stack" aria-labelledby="company">
        <div className="section-head">
          <h2 id="company">Company sign-in</h2>
          <span className="grow" />
          <Button variant="default" onClick={() => setIsAdding(true)}>
            Add a provider
          </Button>
        </div>
        <Loaded query={providers}>
          {({ providers: found }) =>
            found.length === 0 ? (
              <Empty icon="outside" title="Nobody signs in by a provider yet.">
                <p>Any provider of OpenID Connect fits: Entra ID, Okta, Google, Keycloak.</p>
              </Empty>
            ) : (
              <>
                {found.map((provider) => (
                  <Provider key={provider.name} provider={provider} />
                ))}
              </>
            )
          }
        </Loaded>
      </section>
      <Codes />
      {isAdding ? <AddProviderDialog onClose={() => setIsAdding(false)} /> : undefined}
    </div>
  );
}

function Provider({ provider }: { readonly provider: IdentityProvider }): ReactNode {
  const { name, title, issuer, clientId, account, createsUsers, groupsClaim, hasSecret } = provider;
  const [isRemoving, setIsRemoving] = useState(false);
  const removing = useMutation({
    mutationFn: () => api.identityProviderRemove({ name }),
    onError: noticeEnd,
    onSuccess: () => {
      setIsRemoving(false);
      return refreshPeople();
    },
  });
  return (
    <div className="card">
      <div className="card-head">
        <b className="grow">{title}</b>
        <Badge tone="plain">{createsUsers ? "Makes users" : "Known users only"}</Badge>
        <Button size="compact-md" variant="subtle" onClick={() => setIsRemoving(true)}>
          Remove…<span className="unseen"> {name}</span>
        </Button>
      </div>
      <dl className="facts card-body">
        <dt>Issuer</dt>
        <dd>{shownName(issuer)}</dd>
        <dt>Client</dt>
        <dd>
          <code>{shownName(clientId)}</code>
          {hasSecret ? ", with a secret" : ", without a secret (PKCE)"}
        </dd>
        <dt>Account of new users</dt>
        <dd>{shownName(account)}</dd>
        <dt>Groups from</dt>
        <dd>{groupsClaim === null ? "nothing" : <code>{shownName(groupsClaim)}</code>}</dd>
      </dl>
      {isRemoving ? (
        <ActDialog
          title={`Remove ${name}?`}
          lead="Nobody signs in by it any more, and the sessions that began with it end."
          keep="Keep it"
          act="Remove"
          isLoss
          isBusy={removing.isPending}
          failure={removing.error}
          onAct={() => removing.mutate()}
          onClose={() => setIsRemoving(false)}
        />
      ) : undefined}
    </div>
  );
}

function Codes(): ReactNode {
  const accounts = useQuery(accountsQuery);
  const setting = useMutation({
    mutationFn: (input: AccountSetInput) => api.accountSet(input),
    onError: noticeEnd,
    onSuccess: refreshPeople,
  });
  return (
    <section className="stack" aria-labelledby="codes">
      <div className="section-head">
        <h2 id="codes">Authenticators</h2>
      </div>
      <p className="text2">
        Members of these accounts who sign in with a password also need a code of an authenticator.
      </p>
      <Loaded query={accounts}>
        {({ accounts: found }) => (
          <ul className="card list tight">
            {found.map(({ name, requiresCodes }) => (
              <li key={name}>
                <label className="tick-label grow">
                  <input
                    type="checkbox"
                    className="tick"
                    checked={requiresCodes}
                    onChange={() => setting.mutate({ name, requiresCodes: !requiresCodes })}
                  />
                  {shownName(name)}
                </label>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {setting.error === null ? undefined : <FailureNote failure={setting.error} />}
    </section>
  );
}
