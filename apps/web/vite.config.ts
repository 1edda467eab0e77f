import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where the API of a development server listens; `vite dev` forwards its HTTP and socket traffic there. */
const api = `http://127.0.0.1:${process.env["ETUDE_PORT"] ?? "4800"}`;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // Workspace packages are read from their sources, so the dashboard builds without building them first.
  resolve: { conditions: ["source", "module", "browser", "development|production"] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Modules of the pure packages do nothing on being imported: what nobody uses is left out.
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !id.includes("/packages/") } },
  },
  server: { proxy: { "/v1": { target: api, ws: true, changeOrigin: false }, "/health": api, "/docs": api } },
});
