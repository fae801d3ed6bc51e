import { defineConfig } from "vitest/config";

/** Two projects: what needs nothing (`unit`), and what needs a real server or engine (`real`: three files at a time, which mostly wait). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,test,scripts,bench}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.{pg,mariadb,mysql,engine,world}.test.ts", "test/peers/**"],
          pool: "threads",
        },
      },
      {
        test: {
          name: "real",
          include: ["{src,test}/**/*.{pg,mariadb,mysql,engine,world}.test.ts"],
          exclude: ["**/node_modules/**", "test/peers/**"],
          pool: "forks",
          maxWorkers: 3,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "peers",
          include: ["test/peers/**/*.test.ts"],
          pool: "forks",
          maxWorkers: 1,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
