import { defineConfig } from "prisma/config";

// DATABASE_URL is needed by `migrate` only; `generate` and `validate` read no database.
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "postgresql://localhost:5432/etude" },
});
