import { ScheduleSpec } from "@etude/catalog";
import { exampleHorizon } from "../schedule/outline.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import type { Draft, Fault } from "./draft.ts";
import type { Entry } from "./part.tsx";
import type { JsonSchema } from "./schema.ts";
import { SchemaFields } from "./schema-fields.tsx";

interface Props {
  readonly entries: readonly Entry[];
  readonly value: Draft;
  readonly onChange: (value: Draft) => void;
  readonly faults: readonly Fault[];
}

/** What is put around a schedule and outlives a change of its kind. */
const around = ["warmup", "tail"] as const;

/** The schedule: a strip of shapes picks the kind, its parameters follow, then what is put around it. */
export function SchedulePart({ entries, value, onChange, faults }: Props) {
  const entry = entries.find(({ kind }) => kind === value["kind"]);
  const choose = ({ kind, example }: Entry): void => {
    const kept = around.filter((name) => name in value && !(name in example)).map((name) => [name, value[name]]);
    const rate = typeof value["rate"] === "number" && "rate" in example ? { rate: value["rate"] } : {};
    onChange({ ...example, ...rate, ...Object.fromEntries(kept), kind });
  };
  return (
    <fieldset>
      <legend>schedule</legend>
      <div className="gallery" role="group" aria-label="Kind of schedule">
        {entries.map((one) => (
          <button
            key={one.kind}
            type="button"
            aria-pressed={one.kind === entry?.kind}
            title={one.summary}
            onClick={() => choose(one)}
          >
            <ExampleThumb example={one.example} />
            {one.title}
          </button>
        ))}
      </div>
      {entry && (
        <>
          <p className="muted">{entry.summary}</p>
          <SchemaFields
            key={entry.kind}
            schema={entry.parameters as JsonSchema}
            value={value}
            onChange={onChange}
            path="schedule"
            faults={faults}
          />
        </>
      )}
    </fieldset>
  );
}

/** The shape of a kind's example. */
function ExampleThumb({ example }: { readonly example: Record<string, unknown> }) {
  const parsed = ScheduleSpec.safeParse(example);
  return parsed.success ? <ScheduleThumb schedule={parsed.data} horizon={exampleHorizon} /> : null;
}
