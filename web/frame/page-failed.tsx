/** A page that could not be shown, for example because a part of it did not arrive. */
import type { ReactNode } from "react";
import { Button } from "@mantine/core";
import { Empty } from "../parts/empty.tsx";
import { PageHead } from "../parts/page-head.tsx";

export function PageFailed(): ReactNode {
  return (
    <>
      <PageHead title="Not shown" />
      <Empty icon="alert" title="This page could not be shown.">
        <p>Perhaps a part of it did not arrive. Load it again; if that does not help, tell whoever runs this server.</p>
        <Button variant="default" onClick={() => window.location.reload()}>
          Load it again
        </Button>
      </Empty>
    </>
  );
}
