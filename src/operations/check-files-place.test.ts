/** Tests where files of others may be read: below roots, and at which endpoints without a key of their own. */
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resolveConfig } from "../config.ts";
import type { FilesPlace } from "../objects/foreign-files.ts";
import { checkFilesPlace } from "./check-files-place.ts";

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-places-"));
  await mkdir(join(home, "open/dms"), { recursive: true });
  await mkdir(join(home, "closed"));
  await symlink(join(home, "closed"), join(home, "open/link"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const unset = { accessKeyId: "", endpoint: undefined, region: undefined, pathStyle: undefined };
const refused = { code: "SOURCE_PLACE_REFUSED" };

function directory(path: string): FilesPlace {
  return { ...unset, place: { kind: "directory", directory: path } };
}

function bucket(endpoint: string | undefined, accessKeyId = ""): FilesPlace {
  return { ...unset, accessKeyId, endpoint, place: { kind: "bucket", bucket: "files", prefix: "" } };
}

test("directories are read below the roots only, and not through links that lead out of them", async () => {
  const config = resolveConfig({ tableRoots: join(home, "open") }, {});
  for (const path of ["open", "open/dms", "open/dms/", "open/not-there"])
    await expect(
      checkFilesPlace(directory(join(home, path)), { config: config, taken: [], silos: [] }),
    ).resolves.toBeUndefined();
  for (const path of ["closed", "open/link", "open/../closed", "opened", "/"])
    await expect(
      checkFilesPlace(directory(path === "/" ? path : join(home, path)), { config: config, taken: [], silos: [] }),
    ).rejects.toMatchObject(refused);
});

test("without roots no directory is read", async () => {
  await expect(
    checkFilesPlace(directory(join(home, "open")), { config: resolveConfig({}, {}), taken: [], silos: [] }),
  ).rejects.toMatchObject(refused);
  const buckets = resolveConfig({ tableRoots: "s3://files" }, {});
  await expect(
    checkFilesPlace(directory(join(home, "open")), { config: buckets, taken: [], silos: [] }),
  ).rejects.toMatchObject(refused);
});

test("the machine's credentials sign requests to AWS and to the lake's own store only", async () => {
  const config = resolveConfig({ s3Endpoint: "http://127.0.0.1:9000" }, {});
  const allowed = [
    bucket(undefined),
    bucket("https://s3.eu-central-1.amazonaws.com"),
    bucket("https://s3.cn-north-1.amazonaws.com.cn/"),
    bucket("http://127.0.0.1:9000/"),
    bucket("http://elsewhere.example:9000", "AKIA1"),
  ];
  for (const place of allowed)
    await expect(checkFilesPlace(place, { config: config, taken: [], silos: [] })).resolves.toBeUndefined();
  for (const endpoint of [
    "http://elsewhere.example:9000",
    "http://s3.eu-central-1.amazonaws.com",
    "https://s3.amazonaws.com.elsewhere.example",
    "https://elsewhereamazonaws.com",
    "http://127.0.0.1:9001",
    "no endpoint",
  ])
    await expect(checkFilesPlace(bucket(endpoint), { config: config, taken: [], silos: [] })).rejects.toMatchObject(
      refused,
    );
});

test("the lake's own files are no source", async () => {
  const inFiles = resolveConfig({ tableRoots: home, data: join(home, "open"), lake: join(home, "closed/lake") }, {});
  for (const path of ["closed", "closed/lake", "closed/lake/0001", "open/lake/0001", "open/link", "open", "."])
    await expect(
      checkFilesPlace(directory(join(home, path)), { config: inFiles, taken: [], silos: [] }),
    ).rejects.toMatchObject(refused);
  await expect(
    checkFilesPlace(directory(join(home, "open/dms")), { config: inFiles, taken: [], silos: [] }),
  ).resolves.toBeUndefined();
  const inBucket = resolveConfig({ lake: "s3://files/lake" }, {});
  const prefixed = (prefix: string): FilesPlace => ({
    ...unset,
    place: { kind: "bucket", bucket: "files", prefix },
  });
  for (const prefix of ["", "lake", "lake/0001/", "lake/"])
    await expect(checkFilesPlace(prefixed(prefix), { config: inBucket, taken: [], silos: [] })).rejects.toMatchObject(
      refused,
    );
  await expect(
    checkFilesPlace(prefixed("lake-of-files"), { config: inBucket, taken: [], silos: [] }),
  ).resolves.toBeUndefined();
  await expect(
    checkFilesPlace({ ...prefixed("lake"), accessKeyId: "AKIA1" }, { config: inBucket, taken: [], silos: [] }),
  ).resolves.toBeUndefined();
});

test("the files of a registered table are no source, nor is a folder that has them", async () => {
  const config = resolveConfig({ tableRoots: home }, {});
  const at = (path: string): string => pathToFileURL(join(home, path)).href;
  const inFiles = { config, taken: [at("open/dms/sales/t"), "s3://files/tables/t"], silos: [] };
  for (const path of ["open", "open/dms", "open/dms/sales/t", "open/dms/sales/t/data"])
    await expect(checkFilesPlace(directory(join(home, path)), inFiles)).rejects.toMatchObject(refused);
  for (const path of ["open/dms/sales/to", "closed"])
    await expect(checkFilesPlace(directory(join(home, path)), inFiles)).resolves.toBeUndefined();
  await expect(
    checkFilesPlace(directory(join(home, "open/link")), { config, taken: [at("closed/t")], silos: [] }),
  ).rejects.toMatchObject(refused);
  const ofAccount = { config, taken: [], silos: [at("closed/silo")] };
  await expect(checkFilesPlace(directory(join(home, "closed")), ofAccount)).rejects.toMatchObject(refused);
  const prefixed = (prefix: string): FilesPlace => ({
    ...bucket(undefined),
    place: { kind: "bucket", bucket: "files", prefix },
  });
  for (const prefix of ["", "tables", "tables/t", "tables/t/data"])
    await expect(checkFilesPlace(prefixed(prefix), inFiles)).rejects.toMatchObject(refused);
  await expect(checkFilesPlace(prefixed("tables/to"), inFiles)).resolves.toBeUndefined();
});
