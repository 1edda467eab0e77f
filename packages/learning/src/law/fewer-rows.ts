import { mean } from "./accuracy.ts";
import type { Column } from "./loss-curve.ts";

/** Rows of a curve that a fit has time for. */
const maxRows = 600;

/** Returns the rows at the steps wanted, or means of neighbours where these are more than a fit has time for. */
export function fewerRows({ step, value }: Column, wanted: (step: number) => boolean): Column {
  const rows = Array.from(step, (_, row) => row).filter((row) => wanted(step[row]!));
  const every = Math.ceil(rows.length / maxRows);
  const groups = Array.from({ length: Math.ceil(rows.length / every) }, (_, i) =>
    rows.slice(i * every, (i + 1) * every),
  );
  return {
    step: groups.map((group) => mean(group.map((row) => step[row]!))),
    value: groups.map((group) => mean(group.map((row) => value[row]!))),
  };
}
