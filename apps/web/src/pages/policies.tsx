import { type Policy, PolicyConfig } from "@etude/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, type SubmitEvent, useState } from "react";
import { z } from "zod";
import { client } from "../api/client.ts";
import { policiesQuery, policyQuery } from "../api/learning-queries.ts";
import { LearnTabs } from "../components/learn-tabs.tsx";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import type { Draft } from "../form/draft.ts";
import type { JsonSchema } from "../form/schema.ts";
import { SchemaFields } from "../form/schema-fields.tsx";
import { formatNumber, formatPercent } from "../format/number.ts";
import { LineFigure } from "../report/line-figure.tsx";
import { usePageTitle } from "../state/title.ts";

// By its shape: the schema itself is named, and would be a reference only.
const schema = z.toJSONSchema(z.object(PolicyConfig.shape), { io: "input" }) as JsonSchema;

/** Learned policies: how good each is on problems that it was not trained on, what it does there, and training another. */
export function PoliciesPage(): ReactElement {
  usePageTitle("Policies");
  const { data, error, refetch } = useQuery(policiesQuery);
  const [shown, setShown] = useState<string>();
  return (
    <div className="stack">
      <h1 className="hidden-visually">Policies</h1>
      <LearnTabs />
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <TableSkeleton rows={4} />}
      {data && (
        <div className="panel flush scroll">
          <table className="grid cards">
            <thead>
              <tr>
                <th>Policy</th>
                <th>Family</th>
                <th>Status</th>
                <th className="number" title="Mean fall of the log of the training loss on held-out problems">
                  Held-out improvement
                </th>
                <th className="number" title="The same of its starting rate, held">
                  Constant
                </th>
                <th className="number">Diverged</th>
                <th aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {data.policies.map((policy) => (
                <PolicyRow
                  key={policy.id}
                  policy={policy}
                  shown={policy.id === shown}
                  onShow={() => setShown(policy.id === shown ? undefined : policy.id)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown && <Samples policyId={shown} />}
      <TrainForm />
    </div>
  );
}

interface RowProps {
  readonly policy: Policy;
  readonly shown: boolean;
  readonly onShow: () => void;
}

function PolicyRow({ policy, shown, onShow }: RowProps) {
  const { id, name, family, status, trained } = policy;
  const schedule = { kind: "learned", policy: id, rate: 0.05 };
  return (
    <tr>
      <td className="name">
        {status === "shipped" ? (
          name
        ) : (
          <Link to="/runs/$runId" params={{ runId: id }}>
            {name}
          </Link>
        )}
      </td>
      <td>{family}</td>
      <td>{status}</td>
      <td className="number" data-label="held-out">
        {formatNumber(trained?.heldOut.trueImprovement)}
      </td>
      <td className="number muted" data-label="constant">
        {formatNumber(trained?.heldOut.constant)}
      </td>
      <td className="number" data-label="diverged">
        {formatPercent(trained?.heldOut.divergenceRate)}
      </td>
      <td className="full">
        {trained && (
          <span className="actions">
            <button type="button" className="quiet" aria-pressed={shown} onClick={onShow}>
              Samples
            </button>
            <Link to="/" search={{ where: `schedule.policy = '${id}'` }} className="button quiet">
              Its runs
            </Link>
            <Link to="/submit" search={{ spec: JSON.stringify({ schedule }) }} className="button quiet">
              Use
            </Link>
          </span>
        )}
      </td>
    </tr>
  );
}

function Samples({ policyId }: { readonly policyId: string }) {
  const { data, error } = useQuery(policyQuery(policyId));
  if (error) return <Problem error={error} />;
  if (!data) return <TableSkeleton rows={4} />;
  return (
    <div className="figures">
      {data.samples.map(({ problem, startRate, step, rate }) => (
        <LineFigure
          key={`${problem} ${startRate}`}
          title={`${problem}, from ${formatNumber(startRate)}`}
          x={{ label: "step" }}
          y={{ label: "learning rate", log: true }}
          lines={[{ name: "rate that it chose", points: step.map((at, i) => [at, rate[i]!] as const) }]}
        />
      ))}
    </div>
  );
}

function TrainForm() {
  const [config, setConfig] = useState<Draft>({ family: "deep" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const parsed = PolicyConfig.safeParse(config);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => ({ path: ["config", ...path].join("."), message }));
  const train = useMutation({
    mutationFn: () => client.createPolicy({ body: { config: PolicyConfig.parse(config) } }),
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: ["policies"] });
      void navigate({ to: "/runs/$runId", params: { runId: id } });
    },
  });
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    train.mutate();
  };
  return (
    <form className="stack" onSubmit={onSubmit} noValidate>
      <fieldset>
        <legend>Train a policy</legend>
        <SchemaFields
          schema={schema}
          value={config}
          onChange={setConfig}
          path="config"
          faults={faults}
          prominent={["iterations", "seed"]}
        />
      </fieldset>
      {train.error && <Problem error={train.error} />}
      <div>
        <button type="submit" className="primary" disabled={train.isPending || faults.length > 0}>
          {train.isPending ? "Submitting" : "Train a policy"}
        </button>
      </div>
    </form>
  );
}
