/** Every precondition of loading as the server finds it, and beside each missing one the statement that mends it, to be copied. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { SourceTestAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Shape } from "../../parts/waiting.tsx";

type Check = SourceTestAnswer["checks"][number];

export function ConnectionTest({ source }: { readonly source: string }): ReactNode {
  const test = useQuery({
    queryKey: ["source-test", source],
    queryFn: () => api.sourceTest({ name: source }),
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
  return (
    <section className="stack" aria-label="Connection test" aria-busy={test.isFetching}>
      {test.error !== null ? (
        <FailureNote failure={test.error} />
      ) : test.data === undefined ? (
        <Shape lines={4} />
      ) : (
        <Result tested={test.data} />
      )}
      <div>
        <Button
          variant="default"
          loading={test.isFetching}
          onClick={() => void test.refetch()}
          leftSection={<Icon name="refresh" size={16} />}
        >
          Test again
        </Button>
      </div>
    </section>
  );
}

const words = { ok: "Fine", warning: "Look at this", failed: "Missing" } as const;
const icons = { ok: "check", warning: "info", failed: "alert" } as const;
const worst = ["failed", "warning", "ok"] as const;

function Result({ tested: { server, checks } }: { readonly tested: SourceTestAnswer }): ReactNode {
  const open = checks.filter(({ outcome }) => outcome !== "ok");
  const failed = open.filter(({ outcome }) => outcome === "failed").length;
  const sorted = checks.toSorted((one, other) => worst.indexOf(one.outcome) - worst.indexOf(other.outcome));
  return (
    <>
      <p role="status" className={`note ${failed > 0 ? "bad" : open.length > 0 ? "warn" : "good"}`}>
        <Icon name={failed > 0 ? "alert" : open.length > 0 ? "info" : "done"} />
        <span>
          <b>
            {server.product} {server.version} answers.
          </b>{" "}
          {open.length === 0
            ? `All ${counted(checks.length, "check")} are fine.`
            : `${counted(checks.length - open.length, "check")} of ${checks.length} fine; ${open.length === 1 ? "one needs" : `${open.length} need`} a look.`}
        </span>
      </p>
      <ul className="card list checks">
        {sorted.map((check) => (
          <CheckLine key={`${check.name} ${check.found}`} check={check} />
        ))}
      </ul>
    </>
  );
}

function CheckLine({ check: { name, outcome, found, mend } }: { readonly check: Check }): ReactNode {
  return (
    <li className={outcome}>
      <Icon name={icons[outcome]} />
      <div className="grow wrap-anywhere">
        <b>{shownName(name)}</b> <span className="unseen">{words[outcome]}: </span>
        <span className="text2">{sentence(shownName(found))}</span>
        {mend === undefined ? undefined : (
          <div className="command">
            <code className="wrap-anywhere">{mend}</code>
            <CopyButton text={mend} label={`Copy the statement for ${name}`} isBare />
          </div>
        )}
      </div>
    </li>
  );
}
