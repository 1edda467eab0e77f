import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { infoQuery } from "../api/queries.ts";
import { useHotkeys } from "../state/hotkeys.ts";
import { CommandPalette } from "./command-palette.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { LiveDot } from "./live-dot.tsx";
import { places } from "./places.ts";
import { ThemeButton } from "./theme-button.tsx";
import { Toasts } from "./toasts.tsx";

/** What every page has around it: rail, top line, dialogs. */
export function Frame() {
  const login = useRouterState({ select: ({ location }) => location.pathname === "/login" });
  return login ? <Outlet /> : <FullFrame />;
}

function FullFrame() {
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"palette" | "help">();
  const go = Object.fromEntries(places.map(({ to, key }) => [`g ${key}`, () => void navigate({ to })]));
  useHotkeys({
    ...go,
    "g n": () => void navigate({ to: "/submit" }),
    "mod+k": () => setDialog("palette"),
    "?": () => setDialog("help"),
    "/": () => {
      const search = document.querySelector<HTMLInputElement>('input[type="search"]');
      if (search) search.focus();
      else setDialog("palette");
    },
  });
  const close = (): void => setDialog(undefined);
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <aside className="rail">
        <Link to="/" className="brand" aria-label="Etude: runs">
          <img src="/favicon.svg" alt="" width="20" height="20" />
          Etude
        </Link>
        <nav aria-label="Pages">
          {places.map(({ to, name, key }) => (
            <Link key={to} to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
              {name}
              <kbd aria-hidden="true">g {key}</kbd>
            </Link>
          ))}
        </nav>
        <Services />
      </aside>
      <header className="top">
        <Crumbs />
        <span className="grow" />
        <Link to="/submit" className="button primary">
          New run
        </Link>
        <button type="button" className="wide-only" onClick={() => setDialog("palette")}>
          <span className="muted">Go to…</span> <kbd>Ctrl K</kbd>
        </button>
        <LiveDot />
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      {dialog === "palette" && <CommandPalette onClose={close} onHelp={() => setDialog("help")} />}
      {dialog === "help" && <HelpDialog onClose={close} />}
      <Toasts />
    </div>
  );
}

/** Where we are, from the address. */
function Crumbs() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [, section = ""] = path.split("/");
  const place = places.find(({ to }) => to === `/${section}`) ?? (section === "runs" ? places[0] : undefined);
  return (
    <nav className="crumbs" aria-label="Position">
      {place ? <Link to={place.to}>{place.name}</Link> : section === "submit" ? "New run" : ""}
    </nav>
  );
}

/** Who does the work, at the foot of the rail. */
function Services() {
  const { data: info } = useQuery(infoQuery);
  if (!info) return null;
  const workers = info.workers.length;
  return (
    <div className="foot">
      <span className={workers === 0 ? "warn" : ""}>
        {workers === 0 ? "no worker" : `${workers} worker${workers === 1 ? "" : "s"}`}
      </span>
      <span>
        {info.running} running, {info.waiting} waiting
      </span>
      <span title={`Queue: ${info.queue}, bus: ${info.bus}, blobs: ${info.blobs}`}>Etude {info.version}</span>
    </div>
  );
}
