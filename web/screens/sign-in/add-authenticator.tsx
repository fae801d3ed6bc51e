/** The second factor that an account requires: its key, the first code, and the recovery codes, which are shown once. */
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { arrive, post, type Refusal } from "../../api/me.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { QrPicture } from "../../parts/qr-picture.tsx";
import { fieldsOf, RefusalNote } from "./password-form.tsx";
import { EntranceTitle, type Arrived } from "./entrance-title.tsx";

interface AddAuthenticatorProps {
  readonly arrived: Arrived;
  readonly onDone: (arrived: Arrived) => void;
}

export function AddAuthenticator({ arrived, onDone }: AddAuthenticatorProps): ReactNode {
  const { data: added } = useQuery({
    queryKey: ["authenticator", arrived.me.name],
    queryFn: () =>
      post<{ readonly address: string; readonly secret: string }>("/api/authenticator", { password: arrived.password }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [codes, setCodes] = useState<readonly string[]>();
  const [refusal, setRefusal] = useState<Refusal>();
  const confirm = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const { code = "" } = fieldsOf(event.currentTarget);
    setRefusal(undefined);
    await post<{ readonly recoveryCodes: readonly string[] }>("/api/authenticator/confirm", { code }).then(
      ({ recoveryCodes }) => setCodes(recoveryCodes),
      (failure: Refusal) => setRefusal(failure),
    );
  };
  const goOn = async (): Promise<void> => {
    const me = await arrive();
    if (me !== null) onDone({ me, password: arrived.password });
  };
  if (codes !== undefined) return <RecoveryCodes codes={codes} onKept={() => void goOn()} />;
  return (
    <>
      <EntranceTitle title="Add an authenticator">Your account requires one beside the password.</EntranceTitle>
      <form className="entrance-fields" onSubmit={(event) => void confirm(event)}>
        {added !== undefined && <QrPicture text={added.address} label="The key of your authenticator as a QR code" />}
        <p>
          Scan the picture with your authenticator, <a href={added?.address}>open it on this device</a>, or type its
          key:
        </p>
        <p className="row">
          <code className="wrap-anywhere">{added?.secret}</code>
          <CopyButton text={added?.secret ?? ""} label="Copy" />
        </p>
        <TextInput
          label="The code that it shows"
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          withAsterisk={false}
        />
        <RefusalNote refusal={refusal} />
        <Button type="submit" size="md" fullWidth>
          Confirm it
        </Button>
      </form>
    </>
  );
}

function RecoveryCodes({
  codes,
  onKept,
}: {
  readonly codes: readonly string[];
  readonly onKept: () => void;
}): ReactNode {
  return (
    <>
      <EntranceTitle title="Your recovery codes">
        Each lets you in once without the authenticator. They are shown only now: keep them in a safe place.
      </EntranceTitle>
      <div className="entrance-fields">
        <pre className="code">{codes.join("\n")}</pre>
        <CopyButton text={codes.join("\n")} label="Copy all" />
        <Button size="md" fullWidth onClick={onKept}>
          I have kept them
        </Button>
      </div>
    </>
  );
}
