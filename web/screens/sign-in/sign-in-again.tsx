/** Over the page when the session has ended: signing in goes on where one was, and nothing that was typed is lost. */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { cache } from "../../api/client.ts";
import { arrive } from "../../api/me.ts";
import { beginSession } from "../../api/session-end.ts";
import { PasswordForm } from "./password-form.tsx";

export function SignInAgain({ user }: { readonly user: string }): ReactNode {
  const goOn = (): void => {
    beginSession();
    void arrive().then(() => cache.invalidateQueries());
  };
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} title={`Your session ended, ${user}`}>
      <p className="text2 entrance-lead">Sign in to go on; your query is kept.</p>
      <PasswordForm user={user} onDone={goOn} />
      <p className="hint">
        <a href="/sign-in">Sign in as somebody else</a>
      </p>
    </Modal>
  );
}
