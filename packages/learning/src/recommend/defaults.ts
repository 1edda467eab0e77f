/** What is customary where there is no evidence. */
import { combinationProblem, type OptimizerSpec, ScheduleSpec } from "@etude/catalog";

/** Customary base rates: of the libraries' own defaults and examples. */
const customaryRates: Readonly<Record<string, number>> = {
  sgd: 0.1,
  momentum: 0.05,
  nesterov: 0.05,
  adam: 1e-3,
  adamw: 1e-3,
  rmsprop: 1e-3,
  adagrad: 1e-2,
  "schedule-free-sgd": 1,
  "schedule-free-adamw": 2.5e-3,
  prodigy: 1,
  dog: 1,
};

/** Returns the base rate that people start this optimizer with. */
export const customaryRate = (optimizer: string): number => customaryRates[optimizer] ?? 1e-2;

export interface DefaultSchedule {
  readonly title: string;
  readonly schedule: ScheduleSpec;
  readonly why: string;
}

const defaults = [
  {
    title: "wsd",
    schedule: { kind: "wsd" },
    why: "the best fixed schedule of a pilot over ten tasks, and its length may still change",
  },
  { title: "linear to zero", schedule: { kind: "linear" }, why: "decays to zero, which beats decaying to a tenth" },
  {
    title: "greedy with tail",
    schedule: { kind: "greedy", tail: { fraction: 0.2, shape: "1-sqrt" } },
    why: "finds its way from a rate that is too low and backs off one too high",
  },
] as const;

/** Returns the customary schedules at the customary rate, those that the optimizer can run under; else a constant. */
export function defaultSchedules(kind: string, optimizer: OptimizerSpec | null): DefaultSchedule[] {
  const rate = customaryRate(kind);
  const fits = ({ schedule }: DefaultSchedule): boolean =>
    !optimizer || combinationProblem(optimizer, schedule) === undefined;
  const all = defaults.map((one) => ({ ...one, schedule: ScheduleSpec.parse({ ...one.schedule, rate }) })).filter(fits);
  if (all.length > 0) return all;
  const schedule = ScheduleSpec.parse({ kind: "constant", rate });
  return [{ title: "constant", schedule, why: `${kind} sets its own rate; a schedule around it is not supported` }];
}
