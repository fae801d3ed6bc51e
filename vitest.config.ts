import { defineConfig } from "vitest/config";

/**
 * Those of the real tests that take longest and touch what is changed least: `npm test` leaves them to `npm run test:long`, so that it
 * ends within ten minutes on two processors. `.ci/run` runs both.
 */
const long = [
  "test/{hostile,storm}/**/*.world.test.ts",
  "src/**/*-walk.{pg,engine}.test.ts",
  `test/journeys/{${[
    "access-guides",
    "account-removal",
    "alerts",
    "altered-meanwhile",
    "apply",
    "at-a-server",
    "audit",
    "bad-input",
    "budgets",
    "broken-decisions",
    "commit-conflicts",
    "completion",
    "crash-points",
    "cursor",
    "dms-columns",
    "dms-crash",
    "dms-settings",
    "dms-tutorial",
    "extremes",
    "format-version",
    "granted-to-accounts",
    "hashed-spans",
    "import",
    "kept",
    "large-values",
    "layout",
    "mariadb-extremes",
    "mariadb-proofs",
    "people",
    "pooled",
    "provisioning",
    "reconcile",
    "request-mail",
    "rights-in-time",
    "schedules",
    "sharing-proofs",
    "silo-worker",
    "standby",
    "states",
    "stewardship-guides",
    "stopped",
    "tags",
    "two-accounts",
    "two-headgates",
    "upkeep",
    "version-three-types",
    "views",
  ].join()}}.world.test.ts`,
];
/** Has each answer of an operation checked against what the API says of it. */
const env = { HEADGATE_CHECK_ANSWERS: "yes" };
const serverTests = {
  env,
  globalSetup: "test/world/prepared-metadata.ts",
  pool: "forks",
  maxWorkers: 3,
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const;

/**
 * Projects: what needs nothing (`unit`), what needs a real server or engine (`real` and `long`: three files at a time, which mostly wait),
 * and what needs counterparts of ours (`peers`).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,test,scripts,bench}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.{pg,mariadb,mysql,engine,world}.test.ts", "test/peers/**"],
          pool: "threads",
          // No test waits for anything: one that takes longer than vitest's five seconds computes, on a machine that is busy.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "real",
          include: ["{src,test}/**/*.{pg,mariadb,mysql,engine,world}.test.ts"],
          exclude: ["**/node_modules/**", "test/peers/**", ...long],
          ...serverTests,
        },
      },
      { test: { name: "long", include: long, exclude: ["**/node_modules/**"], ...serverTests } },
      {
        test: {
          name: "peers",
          env,
          include: ["test/peers/**/*.test.ts"],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
