/** A context in which somebody else acts just after the first metadata file was written, before its pointer moves. */
import type { ObjectStore } from "../../src/objects/object-store.ts";
import type { Context } from "../../src/operations/context.ts";

/** Only the store is replaced: the interrupting code works with the real one, and the other side waits. */
export function interrupted(context: Context, by: () => Promise<unknown>): Context & { readonly times: () => number } {
  let times = 0;
  const objects: ObjectStore = {
    ...context.objects,
    async put(location, bytes) {
      await context.objects.put(location, bytes);
      if (location.endsWith(".metadata.json") && times++ === 0) await by();
    },
  };
  return { ...context, objects, catalog: { ...context.catalog, objects }, times: () => times };
}
