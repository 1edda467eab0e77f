import { useId } from "react";
import type { Draft, Fault } from "./draft.ts";
import type { JsonSchema } from "./schema.ts";
import { SchemaFields } from "./schema-fields.tsx";

/** A kind of model, dataset or optimizer, as the catalogue describes it. */
export interface Entry {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly parameters: Record<string, unknown>;
  readonly example: Record<string, unknown>;
}

interface Props {
  /** Name of the part in the spec. */
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly value: Draft;
  readonly onChange: (value: Draft) => void;
  readonly faults: readonly Fault[];
}

/** A part of the task: which kind it is, and that kind's parameters. */
export function Part({ name, entries, value, onChange, faults }: Props) {
  const id = useId();
  const entry = entries.find(({ kind }) => kind === value["kind"]);
  return (
    <fieldset>
      <legend>{name}</legend>
      <div className="field">
        <label htmlFor={id}>kind</label>
        <select id={id} value={entry?.kind ?? ""} onChange={(event) => onChange({ kind: event.target.value })}>
          {!entry && <option value="">{String(value["kind"] ?? "choose one")}</option>}
          {entries.map(({ kind, title }) => (
            <option key={kind} value={kind}>
              {title}
            </option>
          ))}
        </select>
        {entry && <span className="help">{entry.summary}</span>}
      </div>
      {entry && (
        <SchemaFields
          key={entry.kind}
          schema={entry.parameters as JsonSchema}
          value={value}
          onChange={onChange}
          path={name}
          faults={faults}
        />
      )}
    </fieldset>
  );
}
