/** The second step: what the server allows, and what to run there so that it allows the rest. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConnectionTest } from "./connection-test.tsx";

export function TestStep({ source }: { readonly source: string }): ReactNode {
  return (
    <div className="stack step-stack">
      <p className="text2">
        A missing right concerns the tables that it names. Run its statement on the server and test again, or go on and
        leave them out.
      </p>
      <ConnectionTest source={source} />
      <div className="form-foot">
        <Button component={Link} to={`/sources/new-source?source=${encodeURIComponent(source)}&step=tables`}>
          Choose tables
        </Button>
      </div>
    </div>
  );
}
