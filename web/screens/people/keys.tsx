/** Keys of programs: who has them, what they may do, when they were last used; making one, and ending one. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { KeyCreateAnswer, KeyListAnswer } from "../../../src/client/api-client.ts";
import { api, noticeEnd } from "../../api/client.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { RemoveDialog } from "../../parts/falls.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { serverRoles, type ServerRole } from "./invite-dialog.tsx";
import { keysQuery, refreshPeople } from "./people-queries.ts";

export function Keys(): ReactNode {
  const keys = useQuery(keysQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [made, setMade] = useState<KeyCreateAnswer>();
  const [ending, setEnding] = useState<string>();
  return (
    <div className="page-body stack people-page">
      {made === undefined ? undefined : (
        <ShownOnce
          title={`The key ${shownName(made.name)}`}
          secret={made.key}
          hint="It is shown only now. Programs send it as “Authorization: Bearer”."
          onKept={() => setMade(undefined)}
        />
      )}
      <div className="row">
        <span className="text2 grow">{keys.data === undefined ? "" : counted(keys.data.keys.length, "key")}</span>
        <Button leftSection={<Icon name="add" size={16} />} onClick={() => setIsMaking(true)}>
          Make a key
        </Button>
      </div>
      <Loaded query={keys}>
        {({ keys: found }) =>
          found.length === 0 ? (
            <Empty icon="key" title="No keys yet.">
              <p>A program, such as a report or a pipeline, signs in with a key.</p>
            </Empty>
          ) : (
            <KeyTable keys={found} onEnd={setEnding} />
          )
        }
      </Loaded>
      {isMaking ? <MakeDialog onMade={setMade} onClose={() => setIsMaking(false)} /> : undefined}
      {ending === undefined ? undefined : (
        <RemoveDialog
          title={`End the key ${ending}?`}
          act="End the key"
          plan={() => api.keyRevoke({ name: ending, plan: true })}
          remove={() => api.keyRevoke({ name: ending })}
          onRemoved={() => {
            setEnding(undefined);
            void refreshPeople();
          }}
          onClose={() => setEnding(undefined)}
        />
      )}
    </div>
  );
}

interface KeyTableProps {
  readonly keys: KeyListAnswer["keys"];
  readonly onEnd: (name: string) => void;
}

function KeyTable({ keys, onEnd }: KeyTableProps): ReactNode {
  return (
    <div className="card sideways" tabIndex={0} role="group" aria-label="Keys">
      <table className="lines">
        <caption>Keys</caption>
        <thead>
          <tr>
            <th>Key</th>
            <th className="wide-only">Role</th>
            <th className="wide-only">Ends with</th>
            <th className="wide-only">Until</th>
            <th>Last used</th>
            <th>
              <span className="unseen">End</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map(({ name, role, account, owner, expiresAt, usedAt, provisions }) => (
            <tr key={name}>
              <td className="wrap-anywhere">
                <code className="strong">{shownName(name)}</code>
                <span className="small dim block">
                  in {shownName(account)}
                  {provisions === null ? "" : `, provisions people of ${shownName(provisions)}`}
                </span>
              </td>
              <td className="wide-only text2">{role === "none" ? "what grants give" : role}</td>
              <td className="wide-only text2">{owner === null ? "nobody" : shownName(owner)}</td>
              <td className="wide-only text2">{expiresAt === null ? "no end" : <Moment at={expiresAt} />}</td>
              <td className="text2">{usedAt === null ? "never" : <Moment at={usedAt} isAge />}</td>
              <td className="right">
                <Button size="compact-md" variant="subtle" onClick={() => onEnd(name)}>
                  End…<span className="unseen"> {name}</span>
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface MakeDialogProps {
  readonly onMade: (made: KeyCreateAnswer) => void;
  readonly onClose: () => void;
}

function MakeDialog({ onMade, onClose }: MakeDialogProps): ReactNode {
  const [name, setName] = useState("");
  const [role, setRole] = useState<ServerRole>("none");
  const [until, setUntil] = useState("");
  const [isLacking, setIsLacking] = useState(false);
  const making = useMutation({
    mutationFn: () =>
      api.keyCreate({
        name: name.trim(),
        role,
        ...(until === "" ? {} : { expiresAt: new Date(`${until}T23:59:59`).toISOString() }),
      }),
    onError: noticeEnd,
    onSuccess: async (made) => {
      onMade(made);
      onClose();
      await refreshPeople();
    },
  });
  return (
    <ActDialog
      title="Make a key"
      lead="It ends when you are removed, so that no key is left that nobody answers for."
      keep="Not now"
      act="Make the key"
      isBusy={making.isPending}
      failure={making.error}
      onAct={() => {
        setIsLacking(name.trim() === "");
        if (name.trim() !== "") making.mutate();
      }}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onType={setName}
        error={isLacking ? "Give a name." : undefined}
        hint="The program that uses it, such as churn-nightly."
      />
      <ChoiceField label="Role in the account" value={role} onChoose={setRole} options={serverRoles} />
      <TextField label="Until" type="date" value={until} onType={setUntil} hint="Empty: it has no end." />
    </ActDialog>
  );
}
