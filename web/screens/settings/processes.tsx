/** Processes: who decides on which requests, as text to be checked and saved, with a simulation of one request beside it. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { parse, stringify, YAMLParseError } from "yaml";
import type { Process, ProcessListAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { WhoDecides } from "../sharing/who-decides.tsx";
import "../../styles/sharing.css";

export function Processes(): ReactNode {
  const processes = useQuery({ queryKey: ["processes"], queryFn: () => api.processList({}) });
  const [of, setOf] = useState("lake");
  return (
    <Loaded query={processes} lines={8}>
      {({ processes: found }) => {
        const names = [...new Set(["lake", ...found.map((process) => process.of)])];
        const shown = found.find((process) => process.of === of);
        return (
          <div className="settings-grid">
            <div className="stack form">
              <ChoiceField
                label="Process of"
                value={of}
                onChoose={setOf}
                options={names.map(
                  (name) => [name, name === "lake" ? "The lake, for everybody" : `Account ${name}`] as const,
                )}
                hint="The process of an account adds its steps to those of the lake."
              />
              {shown === undefined ? undefined : <Editor key={`${of} ${shown.version}`} shown={shown} />}
            </div>
            <Simulation />
          </div>
        );
      }}
    </Loaded>
  );
}

type ListedProcess = ProcessListAnswer["processes"][number];

function Editor({ shown }: { readonly shown: ListedProcess }): ReactNode {
  const { of, version, process, origin } = shown;
  const [text, setText] = useState(() => stringify(process));
  const [mistake, setMistake] = useState<string>();
  const work = useMutation({
    mutationFn: (plan: boolean) => api.processSet({ of, process: parse(text) as Process, plan }),
    onError: noticeEnd,
    onSuccess: (_answer, plan) => (plan ? undefined : cache.invalidateQueries({ queryKey: ["processes"] })),
  });
  const run = (plan: boolean): void => {
    const wrong = mistakeIn(text);
    setMistake(wrong);
    if (wrong === undefined) work.mutate(plan);
  };
  return (
    <>
      <TextField
        label={version === 0 ? "The usual process" : `Version ${version}`}
        isName
        lines={Math.min(26, text.split("\n").length + 2)}
        value={text}
        onType={setText}
        error={mistake}
        hint={
          origin === null
            ? "The first rule that fits decides. Requests that run keep the version with which they began."
            : `Declared in ${origin}.`
        }
      />
      {work.error === null ? undefined : <FailureNote failure={work.error} />}
      {work.data === undefined || work.error !== null ? undefined : (
        <p className="note busy" role="status">
          <Icon name="done" />
          {work.variables
            ? work.data.changed
              ? "It fits. Saving makes a new version."
              : "It fits, and changes nothing."
            : "Saved."}
        </p>
      )}
      <div className="form-foot">
        <Button loading={work.isPending} onClick={() => run(false)}>
          Save
        </Button>
        <Button variant="default" onClick={() => run(true)}>
          Check
        </Button>
      </div>
    </>
  );
}

function mistakeIn(text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (thrown) {
    return thrown instanceof YAMLParseError ? thrown.message : "This is no YAML.";
  }
}

function Simulation(): ReactNode {
  const [typed, setTyped] = useState("");
  const [on, setOn] = useState<string>();
  return (
    <form
      className="stack form"
      onSubmit={(event) => {
        event.preventDefault();
        setOn(typed.trim() === "" ? undefined : typed.trim());
      }}
    >
      <TextField
        label="Try it with"
        isName
        value={typed}
        onType={setTyped}
        hint="A table, such as shop.customer: who would decide if you asked for it, by what is saved."
      />
      <div className="form-foot">
        <Button type="submit" variant="default">
          Simulate
        </Button>
      </div>
      <WhoDecides
        items={on === undefined ? [] : [{ on }]}
        target="self"
        hint="Name a table, and you see who would decide."
      />
    </form>
  );
}
