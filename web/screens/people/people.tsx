/** People: users, groups, roles, keys, the org tree with its accounts, and the ways to sign in; and everybody's own sessions. */
import { useParams, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAdministers } from "../../api/administers.ts";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Accounts } from "./accounts.tsx";
import { Groups } from "./groups.tsx";
import { Keys } from "./keys.tsx";
import { SignInMethods } from "./sign-in-methods.tsx";
import { Users } from "./users.tsx";
import { You } from "./you.tsx";
import "../../styles/panes.css";
import "../../styles/forms.css";
import "../../styles/access.css";
import "../../styles/people.css";
import "../../styles/governing.css";

const tabs = [
  { tab: undefined, name: "Users" },
  { tab: "groups", name: "Groups" },
  { tab: "roles", name: "Roles" },
  { tab: "keys", name: "Keys" },
  { tab: "accounts", name: "Accounts" },
  { tab: "sign-in", name: "Sign-in" },
  { tab: "me", name: "You" },
] as const;

const exactly = { exact: true };

export function People(): ReactNode {
  const { tab, name } = useParams({ from: "/inside/people/{-$tab}/{-$name}" });
  const administers = useAdministers();
  return (
    <>
      <PageHead
        title={administers ? "People" : "You"}
        documentTitle={name ?? tabs.find((one) => one.tab === tab)?.name ?? "People"}
      >
        <p className="text2 page-lead">
          {administers
            ? "Who there is, in which accounts and groups, and how they sign in."
            : "Where you are signed in, your mails, and who decides while you are away."}
        </p>
      </PageHead>
      {administers ? <Tabs tab={tab} /> : undefined}
      {tab === "me" ? (
        <You />
      ) : administers ? (
        <TabOf tab={tab} name={name} />
      ) : (
        <div className="page-body">
          <Empty icon="hidden" title="You may not manage the people of this account.">
            <p>
              Its administrators can. You can look after{" "}
              <Link to="/people/{-$tab}/{-$name}" params={{ tab: "me", name: undefined }}>
                your own sessions, mails and deputy
              </Link>
              .
            </p>
          </Empty>
        </div>
      )}
    </>
  );
}

function TabOf({ tab, name }: { readonly tab: string | undefined; readonly name: string | undefined }): ReactNode {
  if (tab === undefined || tab === "users") return <Users chosen={name} />;
  if (tab === "groups") return <Groups key="group" kind="group" chosen={name} />;
  if (tab === "roles") return <Groups key="role" kind="role" chosen={name} />;
  if (tab === "keys") return <Keys />;
  if (tab === "accounts") return <Accounts />;
  if (tab === "sign-in") return <SignInMethods />;
  return (
    <div className="page-body">
      <Empty icon="search" title="This address leads nowhere." />
    </div>
  );
}

function Tabs({ tab }: { readonly tab: string | undefined }): ReactNode {
  return (
    <nav className="tabs" aria-label="People">
      {tabs.map((one) => (
        <Link
          key={one.name}
          to="/people/{-$tab}/{-$name}"
          params={{ tab: one.tab, name: undefined }}
          activeOptions={exactly}
          aria-current={one.tab === (tab === "users" ? undefined : tab) ? "page" : undefined}
        >
          {one.name}
        </Link>
      ))}
    </nav>
  );
}
