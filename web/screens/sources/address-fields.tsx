/** The kind, the address and the sign-in of a source as fields, for adding one and for changing one. */
import type { ReactNode } from "react";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { sourceKinds, kindWords, type AddressDraft } from "./source-address.ts";

interface AddressFieldsProps {
  readonly draft: AddressDraft;
  readonly onChange: (draft: AddressDraft) => void;
  readonly password: string;
  readonly onPassword: (password: string) => void;
  /** A source keeps its kind, because other databases have other types. */
  readonly isKnown: boolean;
  /** Whether Connect was pressed while something was missing. */
  readonly isChecked: boolean;
}

export function AddressFields(props: AddressFieldsProps): ReactNode {
  const { draft, onChange, isKnown, isChecked } = props;
  const set = (change: Partial<AddressDraft>): void => onChange({ ...draft, ...change });
  const missing = isChecked ? lackOf(draft) : undefined;
  const isServer = !draft.kind.startsWith("dms-files");
  return (
    <>
      {isKnown ? undefined : <KindChoice draft={draft} onChange={onChange} />}
      {isServer ? (
        <ServerFields {...props} set={set} missing={missing} />
      ) : draft.kind === "dms-files+s3" ? (
        <BucketFields {...props} set={set} missing={missing} />
      ) : (
        <TextField
          label="Directory"
          isName
          hint="On the machine that runs Headgate, below one of the roots in HEADGATE_TABLE_ROOTS. It has a folder for each schema."
          error={missing?.path}
          value={draft.path}
          onType={(path) => set({ path })}
        />
      )}
    </>
  );
}

function KindChoice({ draft, onChange }: Pick<AddressFieldsProps, "draft" | "onChange">): ReactNode {
  return (
    <fieldset className="kinds">
      <legend>Kind</legend>
      {sourceKinds.map(({ kind, title, text }) => (
        <label key={kind} className="kind">
          <input
            type="radio"
            name="kind"
            checked={draft.kind === kind}
            onChange={() => onChange({ ...draft, kind, port: "", parameters: {} })}
          />
          <Icon name={kind.startsWith("dms-files") ? "files" : "database"} />
          <span>
            <b>{title}</b>
            <span className="small dim block">{text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface PartFieldsProps extends AddressFieldsProps {
  readonly set: (change: Partial<AddressDraft>) => void;
  readonly missing: Lack | undefined;
}

function ServerFields({ draft, set, missing, password, onPassword, isKnown }: PartFieldsProps): ReactNode {
  const setParameter = (name: string, value: string): void =>
    set({ parameters: { ...draft.parameters, [name]: value } });
  return (
    <>
      <div className="form-row address-row">
        <TextField label="Host" isName error={missing?.host} value={draft.host} onType={(host) => set({ host })} />
        <TextField
          label="Port"
          isName
          hint={`Usually ${kindWords(draft.kind)?.port ?? ""}`}
          error={missing?.port}
          value={draft.port}
          onType={(port) => set({ port })}
        />
      </div>
      <TextField
        label="Database"
        isName
        hint={draft.kind === "postgres" ? undefined : "Without one, every database of the server is loaded."}
        error={missing?.path}
        value={draft.path}
        onType={(path) => set({ path })}
      />
      <div className="form-row">
        <TextField
          label="User"
          isName
          hint="A user that may only read is enough."
          value={draft.user}
          onType={(user) => set({ user })}
        />
        <TextField label="Password" type="password" hint={secretHint(isKnown)} value={password} onType={onPassword} />
      </div>
      <ChoiceField
        label="Encryption"
        value={draft.parameters["tls"] ?? ""}
        onChoose={(tls) => setParameter("tls", tls)}
        options={[
          ["", "Encrypt if the server can"],
          ["require", "Always encrypt, accept any certificate"],
          ["verify", "Always encrypt, only with a trusted certificate"],
          ["disable", "Do not encrypt"],
        ]}
      />
    </>
  );
}

function BucketFields({ draft, set, missing, password, onPassword, isKnown }: PartFieldsProps): ReactNode {
  const parameter = (name: string) => ({
    value: draft.parameters[name] ?? "",
    onType: (value: string) => set({ parameters: { ...draft.parameters, [name]: value } }),
  });
  return (
    <>
      <div className="form-row">
        <TextField label="Bucket" isName error={missing?.host} value={draft.host} onType={(host) => set({ host })} />
        <TextField
          label="Folder"
          isName
          hint="The one that has a folder for each schema."
          value={draft.path}
          onType={(path) => set({ path })}
        />
      </div>
      <div className="form-row">
        <TextField label="Region" isName {...parameter("region")} />
        <TextField label="Endpoint" isName hint="For a store that is not AWS." {...parameter("endpoint")} />
      </div>
      <div className="form-row">
        <TextField
          label="Access key"
          isName
          hint="Empty: the machine's own credentials."
          value={draft.user}
          onType={(user) => set({ user })}
        />
        <TextField
          label="Secret of the key"
          type="password"
          hint={secretHint(isKnown)}
          value={password}
          onType={onPassword}
        />
      </div>
    </>
  );
}

interface Lack {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly path?: string | undefined;
}

/** Undefined if nothing is missing. */
export function lackOf({ kind, host, port, path }: AddressDraft): Lack | undefined {
  if (kind === "dms-files+file")
    return path.startsWith("/") ? undefined : { path: "Give the whole path, which begins with /." };
  const lack: Lack = {
    host: host.trim() === "" ? (kind === "dms-files+s3" ? "Give the bucket." : "Give the host.") : undefined,
    port: port === "" || /^\d{1,5}$/.test(port) ? undefined : "A port is a number.",
    path: kind === "postgres" && path.trim() === "" ? "Give the database." : undefined,
  };
  return Object.values(lack).every((text) => text === undefined) ? undefined : lack;
}

function secretHint(isKnown: boolean): string {
  return isKnown ? "Empty: the stored one stays." : "Kept encrypted, and shown to nobody.";
}
