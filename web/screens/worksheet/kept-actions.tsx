/** Save and Share for the statement of a tab. A query of somebody else is saved as a copy of one's own. */
import { Button, Menu } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { keptQueryQuery } from "../../api/queries.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { SaveDialog } from "../../parts/kept/save-dialog.tsx";
import { ShareDialog } from "../../parts/kept/share-dialog.tsx";
import type { Sheet } from "./sheets.ts";

interface KeptActionsProps {
  readonly sheet: Sheet;
  readonly onSaved: (change: Partial<Sheet>) => void;
}

export function KeptActions({ sheet, onSaved }: KeptActionsProps): ReactNode {
  const [dialog, setDialog] = useState<"save" | "share">();
  const { data: kept } = useQuery({ ...keptQueryQuery(sheet.query ?? ""), enabled: sheet.query !== undefined });
  const remove = useMutation({
    mutationFn: (query: string) => api.queryRemove({ query }),
    onError: noticeEnd,
    onSuccess: async () => {
      onSaved({ query: undefined, keptText: undefined });
      await cache.invalidateQueries({ queryKey: ["kept"] });
    },
  });
  const own = kept?.isOwn === true ? kept : undefined;
  const isEmpty = sheet.text.trim() === "";
  return (
    <>
      <Button variant="default" disabled={isEmpty} onClick={() => setDialog("save")}>
        Save
      </Button>
      {own === undefined ? undefined : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button className="share-query" variant="default" leftSection={<Icon name="share" size={16} />}>
              Share
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setDialog("share")}>Share its text…</Menu.Item>
            <Menu.Item onClick={() => remove.mutate(own.query)}>Remove it from the saved ones</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {remove.error === null ? undefined : <FailureNote failure={remove.error} />}
      {dialog === "save" ? (
        <SaveDialog
          saving={{
            name: kept?.name ?? sheet.title,
            sql: sheet.text,
            description: kept?.description ?? "",
            ...(sheet.chart === undefined ? {} : { chart: sheet.chart }),
            ...(own === undefined ? {} : { query: own.query }),
          }}
          onSaved={({ query, name }) => {
            setDialog(undefined);
            onSaved({ query, title: name, keptText: sheet.text });
          }}
          onClose={() => setDialog(undefined)}
        />
      ) : undefined}
      {dialog === "share" && own !== undefined ? (
        <ShareDialog
          name={own.name}
          noun="query"
          sharedWith={own.sharedWith}
          share={(names) => api.queryShare({ query: own.query, with: names })}
          onClose={() => setDialog(undefined)}
        />
      ) : undefined}
    </>
  );
}
