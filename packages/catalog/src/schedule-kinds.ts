/** All kinds of schedule, with their words and parameter schemas. */
import { z } from "zod";
import { bindSchedule } from "./bind-schedule.ts";
import type { Schedule, ScheduleDoc } from "./schedule.ts";
import { scheduleSchemaOf, type ScheduleSpec, sequenceParams } from "./schedule-spec.ts";
import { scheduleRegistry } from "./schedules/registry.gen.ts";

const sequence: Schedule<typeof sequenceParams> = {
  kind: "sequence",
  params: sequenceParams,
  doc: {
    title: "Sequence",
    summary: "Runs schedules one after the other; each starts afresh at its own step 0.",
    formula: "η(t) = ηᵢ(t − startᵢ), startᵢ ≤ t < startᵢ + stepsᵢ",
    when: "For a curve of several pieces that no single kind has: cosine after a plateau phase, a second round at a lower peak.",
    source: "PyTorch SequentialLR.",
  },
  example: {
    kind: "sequence",
    parts: [{ steps: 60, schedule: { kind: "constant", rate: 0.1 } }, { schedule: { kind: "cosine", rate: 0.05 } }],
  },
  bind: (params, context) => bindSchedule(params as ScheduleSpec, context),
};

/** Every schedule, in the order of the registry. */
export const schedules: readonly Schedule[] = [
  ...(scheduleRegistry as unknown as readonly Schedule[]),
  sequence as unknown as Schedule,
];

/** The kinds that a schedule may have. */
export const scheduleKinds: readonly string[] = schedules.map(({ kind }) => kind);

export interface ScheduleEntry {
  readonly kind: string;
  readonly title: string;
  readonly doc: ScheduleDoc;
  /** JSON Schema of the whole schedule as it may be written: with warmup and tail, and without what has a default. */
  readonly parameters: Record<string, unknown>;
  readonly example: Record<string, unknown>;
}

/** Returns the catalogue of schedules: words, parameter schemas and a valid example each. */
export function scheduleCatalogue(): ScheduleEntry[] {
  return schedules.map(({ kind, doc, example }) => ({
    kind,
    title: doc.title,
    doc,
    parameters: z.toJSONSchema(scheduleSchemaOf(kind)!, { io: "input" }) as Record<string, unknown>,
    example: example as Record<string, unknown>,
  }));
}
