/** Whether a view can be read at this moment, found out in the way in which a reader finds it out. */
import type { Catalog } from "../../catalog/catalog.ts";
import type { ViewEntry } from "../../catalog/view-store.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { askingAsOwner } from "../../governance/view-owner.ts";
import { openView } from "../../query/lake-tables.ts";
import { whyOf } from "../../query/view-tables.ts";
import { viewRights } from "../view-rights.ts";

export const viewStates = ["ok", "broken", "closed"] as const;

export interface ViewState {
  readonly state: (typeof viewStates)[number];
  /** For those who may know what the view is made of. */
  readonly why: string | undefined;
}

/** `catalog` may be anybody's. */
export async function viewState(
  catalog: Catalog,
  { policy, now }: Pick<Asking, "policy" | "now">,
  view: ViewEntry,
): Promise<ViewState> {
  const asking = askingAsOwner({ policy, now }, view.view);
  try {
    await openView(catalog, view, viewRights({ asking, follow: () => undefined }));
    return { state: "ok", why: undefined };
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    return { state: failure.code === "VIEW_CLOSED" ? "closed" : "broken", why: whyOf(failure) };
  }
}
