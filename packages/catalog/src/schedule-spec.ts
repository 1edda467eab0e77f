/** A whole schedule as data: one kind with its parameters, and what is put around it. */
import { z } from "zod";
import { Tail, Warmup } from "./combinators.ts";
import { group, list, parameters, steps } from "./schedules/_fields.ts";
import { scheduleParams } from "./schedules/registry.gen.ts";

type Combinators = {
  readonly warmup?: Warmup | undefined;
  readonly tail?: Tail | undefined;
};
type CombinatorsInput = {
  readonly warmup?: z.input<typeof Warmup> | undefined;
  readonly tail?: z.input<typeof Tail> | undefined;
};

/** One part of a sequence. It starts afresh at its own step 0, with its own length as the horizon. */
export interface SequencePart {
  readonly schedule: ScheduleSpec;
  readonly steps?: number | undefined;
}
interface SequencePartInput {
  readonly schedule: ScheduleInput;
  readonly steps?: number | undefined;
}
export type SequenceSpec = { readonly kind: "sequence"; readonly parts: SequencePart[] } & Combinators;
type SequenceInput = { readonly kind: "sequence"; readonly parts: SequencePartInput[] } & CombinatorsInput;

export type ScheduleSpec = (z.output<(typeof scheduleParams)[number]> & Combinators) | SequenceSpec;
export type ScheduleInput = (z.input<(typeof scheduleParams)[number]> & CombinatorsInput) | SequenceInput;

const SequencePart = group({
  schedule: z.lazy((): z.ZodType<ScheduleSpec, ScheduleInput> => ScheduleSpec),
  steps: steps().optional().describe("Length of the part; the last part has none and goes on."),
});

/** The only recursion: parts one after the other. */
export const sequenceParams = parameters({
  kind: z.literal("sequence"),
  parts: list(SequencePart, 1, 100, "parts").meta({ id: "SequenceParts" }),
})
  .superRefine(({ parts }, context) => {
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      if (last !== (part.steps === undefined)) {
        context.addIssue({
          code: "custom",
          path: ["parts", index, "steps"],
          message: last
            ? `must be absent on the last part, which goes on to the end; got ${part.steps}`
            : "must be a whole number from 1 on every part but the last; got nothing",
          input: part.steps,
        });
      }
    }
  })
  .meta({ id: "SequenceSchedule" });

const combinators: z.ZodRawShape = { warmup: Warmup.optional(), tail: Tail.optional() };

/** Returns the parameters with the combinators that they do not hold themselves. */
const withCombinators = (params: z.ZodObject): z.ZodObject =>
  params.safeExtend(Object.fromEntries(Object.entries(combinators).filter(([name]) => !(name in params.shape))));

const members = [...scheduleParams, sequenceParams].map((params) => withCombinators(params as z.ZodObject));

/** Returns the schema of one kind, its combinators included. */
export const scheduleSchemaOf = (kind: string): z.ZodObject | undefined =>
  members.find((member) => (member.shape["kind"] as z.ZodLiteral<string>).value === kind);

/** Any schedule; parsing fills the defaults. */
export const ScheduleSpec: z.ZodType<ScheduleSpec, ScheduleInput> = z
  .discriminatedUnion("kind", members as [z.ZodObject, ...z.ZodObject[]], {
    error: (issue) => {
      const kinds = members.map((member) => (member.shape["kind"] as z.ZodLiteral<string>).value).join(", ");
      const input = issue.input as { readonly kind?: unknown } | null | undefined;
      return typeof input === "object" && input !== null
        ? `must be one of ${kinds}; got ${JSON.stringify(input.kind) ?? "nothing"}`
        : `must be an object with a kind, one of ${kinds}; got ${JSON.stringify(input) ?? "nothing"}`;
    },
  })
  .meta({ id: "ScheduleSpec", description: "How the learning rate moves during the run." }) as never;
