/** User and password, and the code of an authenticator once the server asks for it. A wrong password keeps the name. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { post, type Me, type Refusal } from "../../api/me.ts";
import { sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import type { Arrived } from "./entrance-title.tsx";

interface PasswordFormProps {
  readonly onDone: (arrived: Arrived) => void;
  /** Somebody who was signed in signs in again. */
  readonly user?: string;
  /** The name that the link of an invitation brings; it can be changed. */
  readonly invited?: string | undefined;
}

export function PasswordForm({ onDone, user: known, invited }: PasswordFormProps): ReactNode {
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setIsBusy] = useState(false);
  const [needsCode, setNeedsCode] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = fieldsOf(event.currentTarget);
    const [user = "", secret = "", code = ""] = [known ?? given["user"], given["password"], given["code"]];
    setIsBusy(true);
    setRefusal(undefined);
    try {
      const me = await post<Me>("/api/sign-in", { user, password: secret, ...(code === "" ? {} : { code }) });
      onDone({ me, password: secret });
    } catch (failure) {
      const refused = failure as Refusal;
      if (refused.code === "CODE_REQUIRED") setNeedsCode(true);
      else setRefusal(refused);
      if (refused.code === "SIGN_IN_REFUSED") password.current?.select();
    }
    setIsBusy(false);
  };
  return (
    <form className="entrance-fields" onSubmit={(event) => void submit(event)}>
      {known === undefined ? (
        <TextInput
          label="User name"
          name="user"
          autoComplete="username"
          autoCapitalize="none"
          defaultValue={invited}
          required
          autoFocus={invited === undefined}
          withAsterisk={false}
        />
      ) : undefined}
      <PasswordInput
        ref={password}
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        autoFocus={known !== undefined || invited !== undefined}
        visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
      />
      {needsCode ? (
        <TextInput
          label="Code of your authenticator, or a recovery code"
          name="code"
          autoComplete="one-time-code"
          autoFocus
          required
          withAsterisk={false}
        />
      ) : undefined}
      <RefusalNote refusal={refusal} />
      <Button type="submit" size="md" fullWidth loading={isBusy}>
        Sign in
      </Button>
      {known === undefined ? (
        <p className="hint">Invited with a one-time password? Use it here; you choose your own in the next step.</p>
      ) : undefined}
    </form>
  );
}

export function fieldsOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

export function RefusalNote({ refusal }: { readonly refusal: Refusal | undefined }): ReactNode {
  return (
    <div role="alert">
      {refusal === undefined ? undefined : (
        <div className="note bad">
          <Icon name="alert" size={16} />
          <div>
            <p className="strong">{plainly(refusal)}</p>
            {refusal.code === "SIGN_IN_REFUSED" ? undefined : <p>{sentence(refusal.remedy)}</p>}
          </div>
        </div>
      )}
    </div>
  );
}

function plainly({ code, message }: Refusal): string {
  return code === "SIGN_IN_REFUSED" ? "Name or password is wrong." : sentence(message);
}
