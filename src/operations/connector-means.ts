/** The process provides this to connectors whose sources have no server: stores of files, and an engine. */
import { join } from "node:path";
import { directoryNotes, type Notes } from "../base/notes.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { placesOf } from "../catalog/table-files.ts";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import type { Connector } from "../sync/source.ts";
import type { Engine } from "../engine/engine.ts";
import { directoryFiles } from "../objects/fs/directory-files.ts";
import type { FilesPlace, ForeignFiles } from "../objects/foreign-files.ts";
import { checkFilesPlace } from "./check-files-place.ts";
import type { Silos } from "./silos/silos.ts";

export interface ConnectorMeans {
  openFiles(place: FilesPlace, secret: string | undefined): Promise<ForeignFiles>;
  /** The engine that writes data files. */
  engine(): Promise<Engine>;
  /** Facts that a connector has found out and could find out again. */
  readonly notes: Notes;
}

/** Makes the process's connectors. */
export type MakeConnectors = (means: ConnectorMeans) => Promise<readonly Connector[]>;

interface OfProcess {
  engine(): Promise<Engine>;
  readonly catalog: Pick<Catalog, "entries">;
  readonly silos: Pick<Silos, "roots">;
}

/** Settings that an address leaves out are those of the lake's own store. */
export function connectorMeans(config: Config, { engine, catalog, silos }: OfProcess): ConnectorMeans {
  const { s3, scratchDirectory, dataDirectory } = config;
  return {
    engine,
    notes: directoryNotes(join(dataDirectory, "notes")),
    async openFiles(given, secret) {
      const tables = await catalog.entries();
      await checkFilesPlace(given, { config, taken: tables.flatMap(placesOf), silos: await silos.roots() });
      const { place, accessKeyId, endpoint, region, pathStyle } = given;
      if (place.kind === "directory") return directoryFiles(place.directory);
      const { bucketFiles } = await import("../objects/s3/bucket-files.ts");
      return bucketFiles({
        ...place,
        settings: {
          endpoint: endpoint ?? s3.endpoint,
          region: region ?? s3.region,
          pathStyle: pathStyle ?? s3.pathStyle,
        },
        credentials: credentialsOf(accessKeyId, secret),
        scratchDirectory,
      });
    },
  };
}

/** Undefined for those of AWS's usual places. A key without its secret never stands for them. Throws SOURCE_PLACE_REFUSED. */
function credentialsOf(
  accessKeyId: string,
  secret: string | undefined,
): { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined {
  if (accessKeyId === "") return undefined;
  if (secret !== undefined) return { accessKeyId, secretAccessKey: secret };
  throw new HeadgateError("SOURCE_PLACE_REFUSED", {
    place: "the source's address",
    message: `it names the access key ${accessKeyId}, and there is no secret for it`,
    remedy: "give the secret as the source's password (--password-env), or leave the key out of the address",
  });
}
