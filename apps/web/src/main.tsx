import { RouterProvider } from "@tanstack/react-router";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { config } from "zod";
import { createQueryClient } from "./api/queries.ts";
import { router } from "./router.tsx";
import { installKeyMemory } from "./state/hotkeys.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/controls.css";
import "./styles/table.css";
import "./styles/chart.css";
import "./styles/pages.css";

// The page's policy forbids code made from strings, which zod would otherwise try for speed.
config({ jitless: true });
installKeyMemory();
// A page of an older build asks for files that are gone: the new build is one reload away.
window.addEventListener("vite:preloadError", () => window.location.reload());

const queries = createQueryClient(() => {
  const { pathname, href } = router.state.location;
  if (pathname !== "/login") void router.navigate({ to: "/login", search: { next: href } });
});

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
