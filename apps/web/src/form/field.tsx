import { useId, useState } from "react";
import type { Fault } from "./draft.ts";
import { controlOf, defaultText, type Field, readText, writeText } from "./schema.ts";

/** What every field is given. */
export interface FieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly path: string;
  readonly faults: readonly Fault[];
}

/** One parameter: its name, a control for its schema, what it means, and what is wrong with it. */
export function FieldInput({ field, value, onChange, path, faults }: FieldProps) {
  const id = useId();
  const { name, schema, required } = field;
  const control = controlOf(schema);
  const own = faults.filter(
    (fault) => fault.path === path || (control === "json" && fault.path.startsWith(`${path}.`)),
  );
  const described = schema.description ? `${id}-help` : undefined;
  const common = {
    id,
    "aria-describedby": [described, own.length > 0 ? `${id}-fault` : ""].filter(Boolean).join(" ") || undefined,
    "aria-invalid": own.length > 0 || undefined,
    "aria-required": required || undefined,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      {control === "choice" ? (
        <select
          {...common}
          value={String(value ?? schema.default ?? "")}
          onChange={(event) => onChange(schema.enum?.find((one) => String(one) === event.target.value))}
        >
          {schema.default === undefined && !required && <option value="">–</option>}
          {schema.enum?.map((one) => (
            <option key={String(one)}>{String(one)}</option>
          ))}
        </select>
      ) : control === "switch" ? (
        <input
          {...common}
          type="checkbox"
          checked={(value ?? schema.default) === true}
          onChange={(event) => onChange(event.target.checked)}
        />
      ) : (
        <TextInput
          common={common}
          numeric={control === "number"}
          text={writeText(control, value)}
          placeholder={defaultText(schema)}
          onText={(text) => onChange(readText(control, text))}
        />
      )}
      {described && (
        <span id={described} className="help">
          {schema.description}
        </span>
      )}
      {own.length > 0 && (
        <span id={`${id}-fault`} className="fault">
          {own.map(({ message }) => message).join("; ")}
        </span>
      )}
    </div>
  );
}

interface TextProps {
  readonly common: object;
  readonly numeric: boolean;
  readonly text: string;
  readonly placeholder: string;
  readonly onText: (text: string) => void;
}

/** Keeps what is being typed as it is ("1e-", "0."), and follows the value when that changes from elsewhere. */
function TextInput({ common, numeric, text, placeholder, onText }: TextProps) {
  const [typed, setTyped] = useState<{ readonly text: string; readonly means: string }>();
  const shown = typed && typed.means === text ? typed.text : text;
  return (
    <input
      {...common}
      inputMode={numeric ? "decimal" : "text"}
      autoComplete="off"
      spellCheck={false}
      value={shown}
      placeholder={placeholder}
      onChange={(event) => {
        const next = event.target.value;
        setTyped({
          text: next,
          means: numeric && next.trim() !== "" && !Number.isNaN(Number(next)) ? String(Number(next)) : next.trim(),
        });
        onText(next);
      }}
    />
  );
}
