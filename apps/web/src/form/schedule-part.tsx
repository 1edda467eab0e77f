import { type ScheduleSpec, ScheduleSpec as ScheduleSchema, Tail, Warmup } from "@etude/catalog";
import { z } from "zod";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import { type Draft, type Fault, withField } from "./draft.ts";
import type { Entry } from "./part.tsx";
import type { JsonSchema } from "./schema.ts";
import { AnyField, SchemaFields } from "./schema-fields.tsx";

interface Props {
  readonly entries: readonly Entry[];
  readonly value: Draft;
  readonly onChange: (value: Draft) => void;
  readonly faults: readonly Fault[];
}

const combinators = [
  ["warmup", z.toJSONSchema(Warmup, { io: "input" }) as JsonSchema],
  ["tail", z.toJSONSchema(Tail, { io: "input" }) as JsonSchema],
] as const;

const defaultLengths = { warmup: { fraction: 0.05 }, tail: { fraction: 0.2 } } as const;

/** The schedule: a strip of shapes picks the kind, its parameters follow, then what is put around it. */
export function SchedulePart({ entries, value, onChange, faults }: Props) {
  const entry = entries.find(({ kind }) => kind === value["kind"]);
  const choose = ({ kind, example, parameters }: Entry): void => {
    const kept = typeof value["rate"] === "number" && "rate" in example ? { rate: value["rate"] } : {};
    const own = (parameters as JsonSchema).properties ?? {};
    const around = Object.fromEntries(
      combinators.flatMap(([name]) => (name in own || !(name in value) ? [] : [[name, value[name]]])),
    );
    onChange({ ...example, ...kept, ...around, kind });
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
          {combinators
            .filter(([name]) => !(name in ((entry.parameters as JsonSchema).properties ?? {})))
            .map(([name, schema]) => (
              <AnyField
                key={name}
                field={{ name, schema: { ...schema, default: defaultLengths[name] }, required: false }}
                value={value[name]}
                onChange={(next) => onChange(withField(value, name, next))}
                path={`schedule.${name}`}
                faults={faults}
              />
            ))}
        </>
      )}
    </fieldset>
  );
}

/** The shape of a kind's example. */
function ExampleThumb({ example }: { readonly example: Record<string, unknown> }) {
  const parsed = ScheduleSchema.safeParse(example);
  return parsed.success ? <ScheduleThumb schedule={parsed.data as ScheduleSpec} horizon={null} /> : null;
}
