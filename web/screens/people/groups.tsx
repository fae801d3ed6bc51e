/** Groups, or roles, at the left; the members and grants of one of them at the right. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Avatar } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Loaded, Shape } from "../../parts/waiting.tsx";
import { GroupDetail } from "./group-detail.tsx";
import { groupQuery, groupsQuery, refreshPeople, type GroupKind } from "./people-queries.ts";

interface GroupsProps {
  readonly kind: GroupKind;
  readonly chosen: string | undefined;
}

const about = {
  group: "A group holds people, keys and other groups. Whatever is granted to it, each of them has.",
  role: "A role is held by nobody until its members assume it; then they have what it has, and nothing else.",
} as const;

export function Groups({ kind, chosen }: GroupsProps): ReactNode {
  const groups = useQuery(groupsQuery(kind));
  const [isAdding, setIsAdding] = useState(false);
  const all = groups.data?.groups ?? [];
  const shown = chosen ?? all[0]?.name;
  const tab = `${kind}s`;
  return (
    <div className={chosen === undefined ? "panes" : "panes chosen"}>
      <aside className="pane-list" aria-label={kind === "group" ? "Groups" : "Roles"}>
        <div className="pane-list-head row">
          <p className="grow small dim">{about[kind]}</p>
          <Button size="compact-md" leftSection={<Icon name="add" size={16} />} onClick={() => setIsAdding(true)}>
            Add
          </Button>
        </div>
        <Loaded query={groups}>
          {({ groups: found }) =>
            found.length === 0 ? (
              <Empty icon="group" title={`No ${kind} yet.`} />
            ) : (
              <ul>
                {found.map(({ name, account }) => (
                  <li key={name}>
                    <Link
                      to="/people/{-$tab}/{-$name}"
                      params={{ tab, name }}
                      aria-current={name === shown ? "page" : undefined}
                    >
                      <Avatar name={name} square />
                      <span className="grow">
                        <b className="clip block">{shownName(name)}</b>
                        <span className="small dim">in {shownName(account)}</span>
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </aside>
      <div className="pane-detail">
        {chosen === undefined ? undefined : (
          <Link className="narrow-only back" to="/people/{-$tab}/{-$name}" params={{ tab, name: undefined }}>
            <Icon name="left" size={16} /> {counted(all.length, kind)}
          </Link>
        )}
        {shown === undefined ? undefined : <OneGroup key={shown} kind={kind} name={shown} />}
      </div>
      {isAdding ? <AddDialog kind={kind} onClose={() => setIsAdding(false)} /> : undefined}
    </div>
  );
}

function OneGroup({ kind, name }: { readonly kind: GroupKind; readonly name: string }): ReactNode {
  const group = useQuery(groupQuery(kind, name));
  if (group.data !== undefined) return <GroupDetail kind={kind} group={group.data} />;
  if (group.error === null) return <Shape lines={6} />;
  return (
    <div className="page-body">
      <Missing failure={group.error} name={`${kind} ${name}`} />
    </div>
  );
}

function AddDialog({ kind, onClose }: { readonly kind: GroupKind; readonly onClose: () => void }): ReactNode {
  const [name, setName] = useState("");
  const [isLacking, setIsLacking] = useState(false);
  const navigate = useNavigate();
  const adding = useMutation({
    mutationFn: () => (kind === "group" ? api.groupAdd({ name: name.trim() }) : api.roleAdd({ name: name.trim() })),
    onError: noticeEnd,
    onSuccess: async () => {
      onClose();
      await refreshPeople();
      await navigate({ to: "/people/{-$tab}/{-$name}", params: { tab: `${kind}s`, name: name.trim() } });
    },
  });
  return (
    <ActDialog
      title={`Add a ${kind}`}
      lead={about[kind]}
      keep="Not now"
      act={`Add the ${kind}`}
      isBusy={adding.isPending}
      failure={adding.error}
      onAct={() => {
        setIsLacking(name.trim() === "");
        if (name.trim() !== "") adding.mutate();
      }}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onType={setName} error={isLacking ? "Give a name." : undefined} />
    </ActDialog>
  );
}
