import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { Frame } from "./components/frame.tsx";
import { Problem } from "./components/problem.tsx";
import { NotFound } from "./pages/not-found.tsx";
import { RunsPage } from "./pages/runs.tsx";
import {
  parseSearch,
  readCompareSearch,
  readLearnSearch,
  readLoginSearch,
  readRunSearch,
  readRunsSearch,
  readStudySearch,
  readSubmitSearch,
  stringifySearch,
} from "./state/search.ts";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const getParentRoute = () => root;

// Routes are named before they are joined: written in place, their search parameters would lose their types.
const runs = createRoute({ getParentRoute, path: "/", validateSearch: readRunsSearch, component: RunsPage });
const run = createRoute({
  getParentRoute,
  path: "/runs/$runId",
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import("./pages/run.tsx"), "RunPage"),
});
const compare = createRoute({
  getParentRoute,
  path: "/compare",
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import("./pages/compare.tsx"), "ComparePage"),
});
const submit = createRoute({
  getParentRoute,
  path: "/submit",
  validateSearch: readSubmitSearch,
  component: lazyRouteComponent(() => import("./pages/submit.tsx"), "SubmitPage"),
});
const schedules = createRoute({
  getParentRoute,
  path: "/schedules",
  component: lazyRouteComponent(() => import("./pages/schedules.tsx"), "SchedulesPage"),
});
const studies = createRoute({
  getParentRoute,
  path: "/studies",
  component: lazyRouteComponent(() => import("./pages/studies.tsx"), "StudiesPage"),
});
const study = createRoute({
  getParentRoute,
  path: "/studies/$studyId",
  validateSearch: readStudySearch,
  component: lazyRouteComponent(() => import("./pages/study.tsx"), "StudyPage"),
});
const learn = createRoute({
  getParentRoute,
  path: "/learn",
  validateSearch: readLearnSearch,
  component: lazyRouteComponent(() => import("./pages/learn.tsx"), "LearnPage"),
});
const policies = createRoute({
  getParentRoute,
  path: "/learn/policies",
  component: lazyRouteComponent(() => import("./pages/policies.tsx"), "PoliciesPage"),
});
const data = createRoute({
  getParentRoute,
  path: "/data",
  component: lazyRouteComponent(() => import("./pages/data.tsx"), "DataPage"),
});
const settings = createRoute({
  getParentRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings.tsx"), "SettingsPage"),
});
const login = createRoute({
  getParentRoute,
  path: "/login",
  validateSearch: readLoginSearch,
  component: lazyRouteComponent(() => import("./pages/login.tsx"), "LoginPage"),
});

const routeTree = root.addChildren([
  runs,
  run,
  compare,
  submit,
  schedules,
  studies,
  study,
  learn,
  policies,
  data,
  settings,
  login,
]);

/** The routes of the dashboard. The query string is the state of a page (state/search.ts). */
export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: ({ error }: ErrorComponentProps) => <Problem error={error} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
