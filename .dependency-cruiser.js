import { layers } from "./layers.js";

const folder = (names) => `^src/(${names.join("|")})/`;

const upward = layers.slice(0, -1).map((names, index) => ({
  name: `layer-${names.join("-")}`,
  comment: `${names.join(", ")} may import only what stands above in layers.js: imports point one way`,
  severity: "error",
  from: { path: folder(names) },
  to: { path: folder(layers.slice(index + 1).flat()) },
}));

const neighbours = layers.flat().map((name) => ({
  name: `neighbour-${name}`,
  comment: `neighbours in a layer do not know each other`,
  severity: "error",
  from: { path: folder([name]) },
  to: {
    path: folder(
      layers
        .find((names) => names.includes(name))
        .filter((other) => other !== name)
        .concat("none"),
    ),
  },
}));

export default {
  forbidden: [
    ...upward,
    ...neighbours,
    {
      name: "no-cycle",
      comment:
        "a cycle of imports, of types alone too, makes several files one that nobody can read from top to bottom",
      severity: "error",
      from: { path: "^(src|web)" },
      to: { circular: true },
    },
    {
      name: "iceberg-alone",
      comment: "src/iceberg is offered as headgate/iceberg: it does no I/O and knows only base",
      severity: "error",
      from: { path: "^src/iceberg/.*(?<!test)\\.ts$", pathNot: "\\.test\\.ts$" },
      to: { pathNot: "^src/(iceberg|base)/|^src/errors|node_modules/avsc|^(node:)?(buffer|zlib|util|crypto)$" },
    },
    {
      name: "connector-contract",
      comment: "a connector imports base, the engine's column buffers and sync/source.ts, nothing else of ours",
      severity: "error",
      from: { path: "^src/connectors/([^/]+)/", pathNot: "\\.test\\.ts$|^src/connectors/dms-files/" },
      to: { path: "^src/", pathNot: "^src/(base/|errors|engine/column-buffer|sync/source|connectors/$1/)" },
    },
    {
      name: "files-contract",
      comment:
        "dms-files has no server: its rows lie in files, which the object store opens, the engine reads, and the import's rules type",
      severity: "error",
      from: { path: "^src/connectors/dms-files/", pathNot: "\\.test\\.ts$" },
      to: {
        path: "^src/",
        pathNot:
          "^src/(base/|errors|engine/|iceberg/|objects/foreign-files|ingest/import/|sync/source|connectors/dms-files/)",
      },
    },
    {
      name: "connectors-are-strangers",
      severity: "error",
      from: { path: "^src/connectors/([^/]+)/" },
      to: { path: "^src/connectors/[^/]+/", pathNot: "^src/connectors/$1/" },
    },
    {
      name: "doors-know-no-database",
      comment: "a door translates: what it needs of the metadata is a function of identity or an operation",
      severity: "error",
      from: { path: "^src/doors/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/db/|node_modules/(kysely|pg)/" },
    },
    {
      name: "console-over-the-api",
      comment: "the console knows the server by its API: it imports the client and what the client is made of",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^src/", pathNot: "^src/(client/|errors\\.ts|base/json\\.ts)" },
    },
    {
      name: "nothing-imports-the-console",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^web/" },
    },
    {
      name: "no-test-in-product",
      severity: "error",
      from: { path: "^(src|web)", pathNot: "\\.(test|fixture)\\.ts$" },
      to: { path: "^(test|bench|scripts)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
  },
};
