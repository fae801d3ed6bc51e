import { expect, test } from "vitest";
import { resolveConfig } from "../config.ts";
import { connectorMeans } from "./connector-means.ts";

test("an access key without its secret is refused, and never replaced by the machine's credentials", async () => {
  const engine = () => Promise.reject(new Error("no engine is needed"));
  const { openFiles } = connectorMeans(resolveConfig({}, {}), {
    engine,
    catalog: { entries: async () => [] },
    silos: { roots: async () => [] },
  });
  const place = { kind: "bucket", bucket: "files", prefix: "" } as const;
  const settings = { endpoint: undefined, region: "eu-central-1", pathStyle: undefined };
  await expect(openFiles({ place, accessKeyId: "AKIA1", ...settings }, undefined)).rejects.toMatchObject({
    code: "SOURCE_PLACE_REFUSED",
    message: expect.stringContaining("AKIA1"),
  });
});
