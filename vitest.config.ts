import { defineConfig } from "vitest/config";

const conditions = ["source"];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Global set-up files are loaded in an environment of their own.
  environments: { __vitest__: { resolve: { conditions } } },
};

/** unit: pure, parallel. integration: real Postgres, Redis, API and trainer. long: what takes minutes. */
export default defineConfig({
  ...shared,
  test: {
    reporters: ["default", "./test/kit/closing-line.ts"],
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          include: ["{packages,apps,workers}/*/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["**/*.integration.test.ts", "**/*.long.test.ts"],
          execArgv: ["--conditions=source"],
          testTimeout: 30_000,
        },
      },
      {
        ...shared,
        test: {
          name: "integration",
          sequence: { groupOrder: 1 },
          include: ["{packages,apps,workers}/*/test/**/*.integration.test.ts", "e2e/**/*.test.ts"],
          exclude: ["**/*.long.test.ts"],
          globalSetup: ["./test/kit/global-setup.ts"],
          execArgv: ["--conditions=source"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // Real processes, sockets and a browser on a machine that others may load: CI gives each test a second chance.
          retry: process.env["CI"] ? 1 : 0,
        },
      },
      {
        ...shared,
        test: {
          name: "long",
          sequence: { groupOrder: 2 },
          include: ["{packages,apps,workers}/*/test/**/*.long.test.ts", "e2e/**/*.long.test.ts"],
          globalSetup: ["./test/kit/global-setup.ts"],
          execArgv: ["--conditions=source"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
