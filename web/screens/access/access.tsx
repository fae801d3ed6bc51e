/** Access: what one can reach, and, for those who may, what is granted, filtered, tagged and looks personal. */
import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { AccessTabs } from "./access-tabs.tsx";
import { Filters } from "./filters.tsx";
import { Grants } from "./grants.tsx";
import { MyAccess, MySentence } from "./mine.tsx";
import { Personal } from "./personal.tsx";
import { Tags } from "./tags.tsx";
import "../../styles/access.css";
import "../../styles/forms.css";
import "../../styles/governing.css";

const titles: Readonly<Record<string, string>> = {
  grants: "Grants",
  filters: "Data filters",
  tags: "Tags",
  personal: "Personal data",
};

const leads: Readonly<Record<string, string>> = {
  grants: "Who may do what, until when, and from where they have it.",
  filters: "What a grant shows of a table: which columns, which values, which rows.",
  tags: "Words on databases, tables and columns, on which something can be granted.",
  personal: "Columns that look personal, for you to decide.",
};

export function Access(): ReactNode {
  const { tab } = useParams({ from: "/inside/access/{-$tab}" });
  return (
    <>
      <PageHead
        title="Access"
        documentTitle={titles[tab ?? ""] ?? "My access"}
        actions={
          <Button
            component={Link}
            to="/access/explain"
            variant="default"
            leftSection={<Icon name="access" size={16} />}
          >
            Explain access
          </Button>
        }
      >
        {tab === undefined ? <MySentence /> : <p className="text2 page-lead">{leads[tab] ?? ""}</p>}
      </PageHead>
      <AccessTabs current={tab} />
      <div className="page-body stack governing">
        <TabOf tab={tab} />
      </div>
    </>
  );
}

function TabOf({ tab }: { readonly tab: string | undefined }): ReactNode {
  if (tab === undefined) return <MyAccess />;
  if (tab === "grants") return <Grants />;
  if (tab === "filters") return <Filters />;
  if (tab === "tags") return <Tags />;
  if (tab === "personal") return <Personal />;
  return <Empty icon="search" title="This address leads nowhere." />;
}
