/** A run being put together: plain JSON as it will be sent, valid or not. */
import { combinationProblem, ScheduleSpec } from "@etude/catalog";
import { TrainingSpec } from "@etude/contracts";

export type Draft = Readonly<Record<string, unknown>>;

/** One thing wrong with a draft. */
export interface Fault {
  /** Names from the spec's top to the field, joined by dots: schedule.rate. */
  readonly path: string;
  readonly message: string;
}

/** What is wrong with a draft; empty when it may be sent. */
export function faultsOf(draft: Draft): Fault[] {
  const parsed = TrainingSpec.safeParse(draft);
  if (parsed.success) {
    const problem = combinationProblem(parsed.data.optimizer, parsed.data.schedule);
    return problem === undefined ? [] : [{ path: "optimizer", message: problem }];
  }
  return parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
}

/** The schedule with its defaults, or undefined while something in it is wrong. */
export function scheduleOf(draft: Draft): ScheduleSpec | undefined {
  const parsed = ScheduleSpec.safeParse(draft["schedule"]);
  return parsed.success ? parsed.data : undefined;
}

/** Updates of the run when the draft says so; undefined for a budget in epochs, which depends on the data. */
export function stepsOf(draft: Draft): number | undefined {
  const { steps } = (draft["budget"] ?? {}) as { steps?: unknown };
  return typeof steps === "number" && Number.isInteger(steps) && steps >= 1 ? steps : undefined;
}

/** A copy with one field set; undefined removes it. */
export function withField(object: Draft, name: string, value: unknown): Draft {
  const { [name]: _, ...rest } = object;
  return value === undefined ? rest : { ...object, [name]: value };
}

/** Reads a draft from the URL; undefined when it is not an object. */
export function parseDraft(text: string | undefined): Draft | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Draft) : undefined;
  } catch {
    return undefined;
  }
}
