import { TrainingSpec } from "@etude/contracts";
import { useId } from "react";
import { z } from "zod";
import { BudgetField } from "./budget-field.tsx";
import { type Draft, type Fault, withField } from "./draft.ts";
import { fieldsOf, type JsonSchema } from "./schema.ts";
import { AnyField } from "./schema-fields.tsx";

interface Props {
  readonly value: Draft;
  readonly onChange: (value: Draft) => void;
  readonly faults: readonly Fault[];
  readonly study: string;
  readonly onStudy: (study: string) => void;
}

const { batchSize, evaluateEvery, seed, order, backend, pool, name, checkpoint, stop, tags } = TrainingSpec.shape;
const schemaOf = (shape: z.ZodRawShape): JsonSchema => z.toJSONSchema(z.object(shape), { io: "input" }) as JsonSchema;
const main = fieldsOf(schemaOf({ batchSize, seed, name }));
const more = fieldsOf(schemaOf({ evaluateEvery, order, backend, pool, checkpoint, stop, tags }));

/** Length, batch, seed and the rest of what a run needs besides its parts. */
export function TrainingFields({ value, onChange, faults, study, onStudy }: Props) {
  const studyId = useId();
  const draw = (field: (typeof main)[number]) => (
    <AnyField
      key={field.name}
      field={{ ...field, required: false }}
      value={value[field.name]}
      onChange={(next) => onChange(withField(value, field.name, next))}
      path={field.name}
      faults={faults}
    />
  );
  return (
    <fieldset>
      <legend>training</legend>
      <BudgetField value={value} onChange={onChange} faults={faults} />
      {main.map(draw)}
      <div className="field">
        <label htmlFor={studyId}>study</label>
        <input id={studyId} value={study} onChange={(event) => onStudy(event.target.value)} autoComplete="off" />
        <span className="help">Name of the study that it belongs to; made when there is none.</span>
      </div>
      <details>
        <summary>
          {more.length} more with defaults <span className="muted">{more.map(({ name }) => name).join(", ")}</span>
        </summary>
        {more.map(draw)}
      </details>
    </fieldset>
  );
}
