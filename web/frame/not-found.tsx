/** The page for an address that leads nowhere. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../parts/empty.tsx";
import { PageHead } from "../parts/page-head.tsx";

export function NotFound(): ReactNode {
  return (
    <>
      <PageHead title="Nothing here" />
      <Empty icon="search" title="This address leads nowhere.">
        <p>
          Go to <Link to="/">Home</Link> or search the <Link to="/catalog">catalog</Link>.
        </p>
      </Empty>
    </>
  );
}
