import { TaskSpec } from "@etude/contracts";
import type { Catalogue } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { knownTasksQuery } from "../api/learning-queries.ts";
import { BudgetField } from "../form/budget-field.tsx";
import { type Draft, type Fault, withField } from "../form/draft.ts";
import { FieldInput } from "../form/field.tsx";
import { Part } from "../form/part.tsx";
import { type LearnSearch, objectives } from "../state/search.ts";

interface Props {
  readonly catalogue: Catalogue;
  readonly first: Draft;
  readonly search: LearnSearch;
  readonly asking: boolean;
  readonly onAsk: (search: LearnSearch) => void;
}

/** What a task is made of; everything else of a training has no part in the question. */
const partNames = ["dataset", "model", "optimizer", "batchSize", "budget"] as const;
const objectiveNames = { "train-loss": "training loss", "validation-loss": "validation loss" } as const;

/** Names a task of the evidence, or describes a training without its schedule, and asks. */
export function TaskForm({ catalogue, first, search, asking, onAsk }: Props) {
  const [known, setKnown] = useState(search.known);
  const [draft, setDraft] = useState<Draft>(() =>
    Object.fromEntries(partNames.flatMap((name) => (first[name] === undefined ? [] : [[name, first[name]]]))),
  );
  const [k, setK] = useState(search.k ?? 3);
  const [objective, setObjective] = useState(search.objective ?? "train-loss");
  const ids = { k: useId(), objective: useId() };
  const faults = known === undefined ? faultsOf(draft) : [];
  const ready = known === undefined ? faults.length === 0 : known.trim() !== "";
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    onAsk({
      ...(known === undefined ? { spec: JSON.stringify(draft) } : { known: known.trim() }),
      ...(k !== 3 && { k }),
      ...(objective !== "train-loss" && { objective }),
    });
  };
  const part = (name: string) => ({
    name,
    value: (draft[name] ?? {}) as Draft,
    onChange: (value: Draft) => setDraft((before) => withField(before, name, value)),
    faults,
  });
  return (
    <form className="stack" onSubmit={onSubmit} noValidate>
      <span className="segmented" role="group" aria-label="Task">
        <button type="button" aria-pressed={known === undefined} onClick={() => setKnown(undefined)}>
          Describe a training
        </button>
        <button type="button" aria-pressed={known !== undefined} onClick={() => setKnown(known ?? "")}>
          A known task
        </button>
      </span>
      {known === undefined ? (
        <>
          <Part {...part("dataset")} entries={catalogue.datasets} />
          <Part {...part("model")} entries={catalogue.models} />
          <Part {...part("optimizer")} entries={catalogue.optimizers} />
          <fieldset>
            <legend>training</legend>
            <BudgetField value={draft} onChange={setDraft} faults={faults} />
            <FieldInput
              field={{ name: "batchSize", schema: { type: "integer", default: 32 }, required: false }}
              value={draft["batchSize"]}
              onChange={(value) => setDraft(withField(draft, "batchSize", value))}
              path="batchSize"
              faults={faults}
            />
          </fieldset>
        </>
      ) : (
        <KnownTask value={known} onChange={setKnown} />
      )}
      <fieldset>
        <legend>question</legend>
        <div className="field">
          <label htmlFor={ids.k}>schedules</label>
          <select id={ids.k} value={k} onChange={(event) => setK(Number(event.target.value))}>
            {Array.from({ length: 10 }, (_, i) => (
              <option key={i}>{i + 1}</option>
            ))}
          </select>
          <span className="help">How many may be tried; the best of them counts.</span>
        </div>
        <div className="field">
          <label htmlFor={ids.objective}>judged by</label>
          <select
            id={ids.objective}
            value={objective}
            onChange={(event) => setObjective(objectives.find((one) => one === event.target.value) ?? "train-loss")}
          >
            {objectives.map((one) => (
              <option key={one} value={one}>
                {objectiveNames[one]}
              </option>
            ))}
          </select>
        </div>
      </fieldset>
      <div>
        <button type="submit" className="primary" disabled={!ready || asking}>
          {asking ? "Looking" : "Recommend"}
        </button>
      </div>
    </form>
  );
}

function KnownTask({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { data: tasks = [] } = useQuery(knownTasksQuery);
  const id = useId();
  return (
    <fieldset>
      <legend>task</legend>
      <div className="field">
        <label htmlFor={id}>id or hash</label>
        <input
          id={id}
          list={`${id}-tasks`}
          value={value}
          autoComplete="off"
          onChange={(e) => onChange(e.target.value)}
        />
        <datalist id={`${id}-tasks`}>
          {tasks.map((task) => (
            <option key={task.hash} value={task.id}>
              {task.model} on {task.dataset}, {task.optimizer}, {task.steps} steps
            </option>
          ))}
        </datalist>
        <span className="help">
          {tasks.length === 0
            ? "No run here has ended yet; tasks of the shipped studies are known, such as mlp-digits-momentum."
            : `${tasks.length} from runs here, besides those of the shipped studies, such as mlp-digits-momentum.`}
        </span>
      </div>
    </fieldset>
  );
}

function faultsOf(draft: Draft): Fault[] {
  const parsed = TaskSpec.safeParse(draft);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
}
