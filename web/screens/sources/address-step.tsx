/** The first step: which database, and how to sign in there. The connection is tried before anything is stored. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Source } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { AddressFields, lackOf } from "./address-fields.tsx";
import { addressText, draftOf, emptyDraft, type AddressDraft } from "./source-address.ts";

/** The source, once it is there. */
export function AddressStep({ source }: { readonly source: Source | undefined }): ReactNode {
  const navigate = useNavigate();
  const [name, setName] = useState(source?.name ?? "");
  const [draft, setDraft] = useState(() => draftOf(source?.url ?? "") ?? emptyDraft);
  const [password, setPassword] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const connecting = useMutation({
    mutationFn: () => connect({ name: name.trim(), url: addressText(draft), password, isKnown: source !== undefined }),
    onError: noticeEnd,
    onSuccess: async () => {
      cache.removeQueries({ queryKey: ["source-test", name] });
      await Promise.all(["sources", "status", "offered"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      await navigate({ to: "/sources/new-source", search: { source: name.trim(), step: "test" } });
    },
  });
  const named = (next: AddressDraft): void => {
    if (source === undefined && name === suggestedName(draft)) setName(suggestedName(next));
    setDraft(next);
  };
  const nameError = isNameLike(name) ? undefined : "Lower-case letters, digits and _, and a letter first.";
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        setIsChecked(true);
        if (nameError === undefined && lackOf(draft) === undefined) connecting.mutate();
      }}
    >
      <AddressFields
        draft={draft}
        onChange={named}
        password={password}
        onPassword={setPassword}
        isKnown={source !== undefined}
        isChecked={isChecked}
      />
      {source !== undefined ? undefined : (
        <TextField
          label="Name in the lake"
          isName
          hint="Its tables are found under this name: shop gives shop.orders."
          value={name}
          error={isChecked ? nameError : undefined}
          onType={setName}
        />
      )}
      {connecting.error === null ? undefined : <FailureNote failure={connecting.error} />}
      <div className="form-foot">
        <Button type="submit" loading={connecting.isPending}>
          {source === undefined ? "Connect" : "Try this address"}
        </Button>
      </div>
    </form>
  );
}

/** The name of the database, until somebody types another name. */
function suggestedName({ kind, path }: AddressDraft): string {
  return kind.startsWith("dms-files") || !isNameLike(path) ? "" : path.trim();
}

function isNameLike(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,62}$/.test(name.trim());
}

interface Connecting {
  readonly name: string;
  readonly url: string;
  readonly password: string;
  readonly isKnown: boolean;
}

/** A server whose address names no database is loaded with all of them, as the field says. */
async function connect({ name, url, password, isKnown }: Connecting): Promise<unknown> {
  const given = { name, url, allDatabases: true, ...(password === "" ? {} : { password }) };
  if (isKnown) return api.sourceSet(given);
  return api.sourceAdd({ ...given, newTables: "ask" });
}
