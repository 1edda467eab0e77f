import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type ReactElement, useState, type SubmitEvent } from "react";
import { client } from "../api/client.ts";
import { Problem } from "../components/problem.tsx";
import { usePageTitle } from "../state/title.ts";

const route = getRouteApi("/login");

/** Trades an API key for a session cookie. Shown when the server asks for keys. */
export function LoginPage(): ReactElement {
  usePageTitle("Log in");
  const { next } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const login = useMutation({
    mutationFn: () => client.createSession({ body: { key: key.trim() } }),
    onSuccess: () => {
      queries.clear();
      // Only a path of this dashboard, never another site.
      router.history.push(next?.startsWith("/") && !next.startsWith("//") ? next : "/");
    },
  });
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <main className="login">
      <h1 className="row">
        <img src="/favicon.svg" alt="" width="20" height="20" /> Etude
      </h1>
      <form className="panel" onSubmit={onSubmit}>
        <label htmlFor="key">API key</label>
        <input
          id="key"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={key}
          onChange={(event) => setKey(event.target.value)}
          placeholder="etude_…"
        />
        <button type="submit" className="primary" disabled={login.isPending || key.trim() === ""}>
          Log in
        </button>
        {login.error && <Problem error={login.error} />}
        <p className="muted">
          This server asks for a key. Make one where it runs: <code>npm run etude -- keys create</code>
        </p>
      </form>
    </main>
  );
}
