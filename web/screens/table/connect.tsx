/** How to read a table from elsewhere, with the names filled in. Keys are never shown here: one is made with a command. */
import { useState, type ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { sqlName } from "../../parts/names.ts";

const kept = "headgate connect with";

export function Connect({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const ways = waysTo(`select * from ${sqlName(table.database)}.${sqlName(table.name)} limit 100`);
  const [chosen, setChosen] = useState(localStorage.getItem(kept) ?? "curl");
  const way = ways.find(({ name }) => name === chosen) ?? ways[0];
  const choose = (name: string): void => {
    localStorage.setItem(kept, name);
    setChosen(name);
  };
  if (way === undefined) return undefined;
  return (
    <section aria-labelledby="connect" className="connect">
      <div className="section-head">
        <h2 id="connect">Read it from elsewhere</h2>
        <span className="grow" />
        <span className="segments">
          {ways.map(({ name }) => (
            <button key={name} type="button" aria-pressed={name === way.name} onClick={() => choose(name)}>
              {name}
            </button>
          ))}
        </span>
      </div>
      <p className="text2">{way.lead}</p>
      <pre className="code" tabIndex={0}>
        {way.text}
      </pre>
      <CopyButton text={way.text} label="Copy" />
      <p className="hint">
        The key in <code>HEADGATE_KEY</code> is yours or a program’s: <code>headgate key create nightly</code> shows it
        once. The same rules hold for it as here.
      </p>
    </section>
  );
}

interface Way {
  readonly name: string;
  readonly lead: string;
  readonly text: string;
}

function waysTo(statement: string): readonly Way[] {
  const body = JSON.stringify({ sql: statement });
  const address = `${location.origin}/api/operations/sql`;
  return [
    {
      name: "curl",
      lead: "Each line of the answer is a JSON document: the columns, rows, and at the end the result.",
      text: `curl -s ${address} \\\n  -H "authorization: Bearer $HEADGATE_KEY" \\\n  -H "content-type: application/json" \\\n  -d '${body.replaceAll("'", "'\\''")}'`,
    },
    {
      name: "Command line",
      lead: "On the machine where Headgate runs.",
      text: `headgate sql '${statement.replaceAll("'", "'\\''")}'\nheadgate sql --format parquet --output rows.parquet '${statement.replaceAll("'", "'\\''")}'`,
    },
    {
      name: "Python",
      lead: "With nothing but the standard library.",
      text: `import json, os, urllib.request\n\nrequest = urllib.request.Request(\n    "${address}",\n    data=json.dumps({"sql": ${JSON.stringify(statement)}}).encode(),\n    headers={"authorization": "Bearer " + os.environ["HEADGATE_KEY"], "content-type": "application/json"},\n)\nrows = []\nfor line in urllib.request.urlopen(request):\n    answer = json.loads(line)\n    rows += answer.get("item", {}).get("rows", [])`,
    },
  ];
}
