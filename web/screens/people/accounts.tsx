/** The organisation: units as a tree with the accounts in them, to be added, moved with a preview, and removed. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api } from "../../api/client.ts";
import { RemoveDialog } from "../../parts/falls.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Badge } from "../../parts/badge.tsx";
import { counted } from "../../parts/numbers.ts";
import { shownName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { AddPlaceDialog } from "./add-place-dialog.tsx";
import { MoveDialog, type Movable } from "./move-dialog.tsx";
import { orgTree, type ListedAccount, type UnitNode } from "./org-tree.ts";
import { accountsQuery, refreshPeople, unitsQuery } from "./people-queries.ts";

export function Accounts(): ReactNode {
  const accounts = useQuery(accountsQuery);
  const { data: units } = useQuery(unitsQuery);
  const [adding, setAdding] = useState<"unit" | "account">();
  const [moving, setMoving] = useState<Movable>();
  const [removing, setRemoving] = useState<Movable>();
  const work = { onMove: setMoving, onRemove: setRemoving };
  return (
    <div className="page-body stack people-page">
      <div className="row wrap">
        <span className="text2 grow">
          {counted(accounts.data?.accounts.length ?? 0, "account")} in {counted(units?.units.length ?? 0, "org unit")}
        </span>
        <Button variant="default" onClick={() => setAdding("unit")}>
          Add a unit
        </Button>
        <Button leftSection={<Icon name="add" size={16} />} onClick={() => setAdding("account")}>
          Add an account
        </Button>
      </div>
      <Loaded query={accounts}>
        {({ accounts: found }) => (
          <ul className="tree card" aria-label="Organisation">
            <li>
              <Unit node={orgTree(units?.units ?? [], found)} work={work} />
            </li>
          </ul>
        )}
      </Loaded>
      {adding === undefined ? undefined : (
        <AddPlaceDialog kind={adding} units={units?.units ?? []} onClose={() => setAdding(undefined)} />
      )}
      {moving === undefined ? undefined : (
        <MoveDialog thing={moving} units={units?.units ?? []} onClose={() => setMoving(undefined)} />
      )}
      {removing === undefined ? undefined : (
        <RemoveDialog
          title={`Remove ${removing.kind} ${removing.name}?`}
          act="Remove"
          plan={() => removal(removing, true)}
          remove={() => removal(removing, false)}
          onRemoved={() => {
            setRemoving(undefined);
            void refreshPeople();
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </div>
  );
}

function removal({ kind, name }: Movable, plan: boolean) {
  return kind === "unit" ? api.unitRemove({ path: name, plan }) : api.accountRemove({ name, plan });
}

interface TreeWork {
  readonly onMove: (thing: Movable) => void;
  readonly onRemove: (thing: Movable) => void;
}

function Unit({ node, work }: { readonly node: UnitNode; readonly work: TreeWork }): ReactNode {
  const { path, name, units, accounts } = node;
  return (
    <>
      <div className="branch">
        <span className="branch-icon">
          <Icon name="tree" size={16} />
        </span>
        <b className="grow">{path === "" ? "The organisation" : shownName(name)}</b>
        {path === "" ? undefined : <Buttons thing={{ kind: "unit", name: path, unit: path }} work={work} />}
      </div>
      {units.length + accounts.length === 0 ? undefined : (
        <ul>
          {units.map((unit) => (
            <li key={unit.path}>
              <Unit node={unit} work={work} />
            </li>
          ))}
          {accounts.map((account) => (
            <li key={account.name}>
              <AccountLine account={account} work={work} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function AccountLine({ account, work }: { readonly account: ListedAccount; readonly work: TreeWork }): ReactNode {
  const { name, number, unit, outside, requiresCodes } = account;
  return (
    <div className="branch">
      <span className="branch-icon off">
        <Icon name="people" size={16} />
      </span>
      <div className="grow">
        <b>{shownName(name)}</b>
        <div className="small dim">
          <code>{number}</code>
          {requiresCodes ? ", asks for an authenticator" : ""}
        </div>
      </div>
      {outside ? (
        <Badge tone="warn" icon="outside">
          Outside
        </Badge>
      ) : undefined}
      <Buttons thing={{ kind: "account", name, unit }} work={work} />
    </div>
  );
}

function Buttons({ thing, work }: { readonly thing: Movable; readonly work: TreeWork }): ReactNode {
  return (
    <span className="row branch-buttons">
      <Button size="compact-md" variant="subtle" onClick={() => work.onMove(thing)}>
        Move…<span className="unseen"> {thing.name}</span>
      </Button>
      <Button size="compact-md" variant="subtle" onClick={() => work.onRemove(thing)}>
        Remove…<span className="unseen"> {thing.name}</span>
      </Button>
    </span>
  );
}
