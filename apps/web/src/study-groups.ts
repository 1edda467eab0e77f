import { type Run, type RunSpec, scheduleOf } from "@etude/contracts";
import { partsOf, rateText, scheduleText } from "./format/run.ts";

/** Runs of a study that differ in nothing but their seed and name. */
export interface Group {
  /** The same for the same settings, in any study. */
  readonly id: string;
  readonly label: string;
  readonly runs: readonly Run[];
}

/** Groups runs by what decides their numbers, seeds apart, in the order of the first of each. */
export function groupBySettings(runs: readonly Run[]): Group[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const id = settingsOf(run.spec);
    const group = groups.get(id);
    if (group) group.push(run);
    else groups.set(id, [run]);
  }
  const all = [...groups.entries()];
  const parts = [(spec: RunSpec) => partsOf(spec).model ?? "", (spec: RunSpec) => partsOf(spec).dataset ?? ""];
  // A label names only what differs within the study, besides the schedule and its rate.
  const varying = parts.filter((part) => new Set(all.map(([, [run]]) => part(run!.spec))).size > 1);
  return all.map(([id, members]) => {
    const { spec } = members[0]!;
    const schedule = scheduleOf(spec);
    const words = [...varying.map((part) => part(spec)), scheduleText(schedule), rateText(schedule)];
    return { id, label: words.join(" "), runs: members };
  });
}

function settingsOf(spec: RunSpec): string {
  return JSON.stringify({ ...spec, seed: undefined, name: undefined, tags: undefined, checkpoint: undefined });
}
