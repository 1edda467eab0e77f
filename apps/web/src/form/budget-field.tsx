import { useId } from "react";
import { type Draft, type Fault, withField } from "./draft.ts";

const units = ["steps", "epochs"] as const;

interface Props {
  /** The spec that has the budget. */
  readonly value: Draft;
  readonly onChange: (value: Draft) => void;
  readonly faults: readonly Fault[];
}

/** How long a run is: a number of updates or of passes. */
export function BudgetField({ value, onChange, faults }: Props) {
  const id = useId();
  const budget = (value["budget"] ?? {}) as Record<string, unknown>;
  const unit = "epochs" in budget ? "epochs" : "steps";
  const faulty = faults.filter(({ path }) => path.startsWith("budget"));
  const set = (unit: string, amount: unknown): void => onChange(withField(value, "budget", { [unit]: amount }));
  return (
    <div className="field">
      <label htmlFor={id}>length</label>
      <span className="row budget">
        <input
          id={id}
          inputMode="numeric"
          autoComplete="off"
          value={String(budget[unit] ?? "")}
          aria-invalid={faulty.length > 0 || undefined}
          onChange={({ target }) => set(unit, /^\d+$/.test(target.value) ? Number(target.value) : target.value)}
        />
        <select aria-label="Unit of the length" value={unit} onChange={({ target }) => set(target.value, budget[unit])}>
          {units.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </span>
      {faulty.length > 0 && <span className="fault">{faulty.map(({ message }) => message).join("; ")}</span>}
    </div>
  );
}
