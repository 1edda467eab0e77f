import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import { client } from "../api/client.ts";
import { infoQuery, sessionQuery } from "../api/queries.ts";
import { Age } from "../components/age.tsx";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { themeChoices, useTheme } from "../state/theme.ts";
import { usePageTitle } from "../state/title.ts";

/** Theme, session, and what the server is made of. */
export function SettingsPage(): ReactElement {
  usePageTitle("Settings");
  return (
    <div className="stack">
      <h1 className="hidden-visually">Settings</h1>
      <Theme />
      <SessionPanel />
      <Server />
    </div>
  );
}

const Panel = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="panel stack">
    <h2>{title}</h2>
    {children}
  </section>
);

function Theme() {
  const [, choice, choose] = useTheme();
  return (
    <Panel title="Theme">
      <span className="segmented" role="group" aria-label="Theme">
        {themeChoices.map((one) => (
          <button key={one} type="button" aria-pressed={one === choice} onClick={() => choose(one)}>
            {one}
          </button>
        ))}
      </span>
    </Panel>
  );
}

function SessionPanel() {
  const { data, error } = useQuery(sessionQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const logout = useMutation({
    mutationFn: () => client.deleteSession(),
    onSuccess: () => {
      queries.clear();
      void navigate({ to: "/login" });
    },
  });
  return (
    <Panel title="Access">
      {error && <Problem error={error} />}
      {data && !data.keysRequired && (
        <p>
          Without keys the server listens on this machine only, and everybody here may do everything. Make the first key
          with <code>npm run etude -- keys create</code>.
        </p>
      )}
      {data?.keysRequired && (
        <div className="row">
          <span>
            Logged in{data.keyName === null ? "" : ` with the key ${data.keyName}`}, scope {data.scope}.
          </span>
          <button type="button" onClick={() => logout.mutate()}>
            Log out
          </button>
        </div>
      )}
      {logout.error && <Problem error={logout.error} />}
    </Panel>
  );
}

function Server() {
  const { data, error, refetch } = useQuery(infoQuery);
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <TableSkeleton rows={4} />;
  return (
    <Panel title="Server">
      <dl className="facts">
        <dt>version</dt>
        <dd>{data.version}</dd>
        <dt>queue</dt>
        <dd>{data.queue}</dd>
        <dt>bus</dt>
        <dd>{data.bus}</dd>
        <dt>blobs</dt>
        <dd>{data.blobs}</dd>
        <dt>runs</dt>
        <dd>
          {data.running} running, {data.waiting} waiting
        </dd>
        <dt>API</dt>
        <dd>
          <a href="/docs">Reference of all operations</a>
        </dd>
      </dl>
      <h3>Workers</h3>
      {data.workers.length === 0 ? (
        <p className="warn">No worker has been heard of within a minute: runs wait. Start one with npm start.</p>
      ) : (
        <div className="scroll">
          <table className="grid">
            <thead>
              <tr>
                <th>Pool</th>
                <th>Backend</th>
                <th>Host</th>
                <th className="number">Process</th>
                <th>Now</th>
                <th className="number">Heard of</th>
              </tr>
            </thead>
            <tbody>
              {data.workers.map((worker) => (
                <tr key={worker.id}>
                  <td>{worker.pool}</td>
                  <td>{worker.backend}</td>
                  <td>{worker.host}</td>
                  <td className="number">{worker.pid}</td>
                  <td>{worker.runId === null ? <span className="muted">idle</span> : "training"}</td>
                  <td className="number muted">
                    <Age at={worker.seenAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
