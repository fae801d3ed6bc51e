/** Checks that no event was changed or removed, against a digest that was kept elsewhere if there is one. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, noticeEnd } from "../../api/client.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { counted } from "../../parts/numbers.ts";

export function VerifyChain(): ReactNode {
  const [digest, setDigest] = useState("");
  const verifying = useMutation({
    mutationFn: () => api.auditVerify(digest.trim() === "" ? {} : { digest: digest.trim() }),
    onError: noticeEnd,
  });
  const found = verifying.data;
  return (
    <section className="card verify" aria-labelledby="verify">
      <form
        className="verify-form"
        onSubmit={(event) => {
          event.preventDefault();
          verifying.mutate();
        }}
      >
        <div className="grow">
          <h2 id="verify">Is anything changed or missing?</h2>
          <p className="small dim">
            Each event carries the hash of the one before it. A digest that you kept elsewhere also shows whether the
            end was cut off.
          </p>
        </div>
        <TextField label="Digest that you kept" isName value={digest} onType={setDigest} />
        <Button type="submit" loading={verifying.isPending}>
          Verify the chain
        </Button>
      </form>
      {verifying.error === null ? undefined : <FailureNote failure={verifying.error} />}
      {found === undefined || verifying.error !== null ? undefined : (
        <div className="note busy" role="status">
          <Icon name="done" />
          <div className="grow wrap-anywhere">
            <p className="strong">Whole: {counted(found.events, "event")}, none changed, none missing.</p>
            <p className="small">
              {found.removedEvents === 0
                ? ""
                : `${counted(found.removedEvents, "earlier event")} were removed with their months. `}
              {found.openQueries === 0
                ? ""
                : `The end of ${counted(found.openQueries, "query", "queries")} is not recorded. `}
              Digest <code>{found.digest}</code>
            </p>
          </div>
          <CopyButton text={found.digest} label="Copy the digest" />
        </div>
      )}
    </section>
  );
}
