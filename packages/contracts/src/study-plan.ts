/** The plan of a study: what is compared with what, on which seeds, and by which margins. Frozen before the first run. */
import { OptimizerSpec } from "@etude/catalog";
import { z } from "zod";

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be lower case letters, digits and dashes, 1 to 64 of them");

const seeds = (low: number, why: string) =>
  z
    .array(z.int().min(0).max(4_294_967_295))
    .min(low, `needs at least ${low} seeds: ${why}`)
    .max(1000)
    .refine((list) => new Set(list).size === list.length, "a seed stands here twice");

/** A schedule without its rate. `{ ofSteps: x }` in place of a number of steps is x times the problem's steps. */
export const ScheduleTemplate = z
  .looseObject({ kind: z.string() })
  .refine((template) => !("rate" in template), {
    path: ["rate"],
    error: "must be absent: the study chooses the rate",
  })
  .meta({ id: "ScheduleTemplate" });
export type ScheduleTemplate = z.output<typeof ScheduleTemplate>;

const settings = z.array(ScheduleTemplate).min(1).max(4);

export const StudyEntrant = z
  .strictObject({
    id,
    title: z.string().trim().min(1).max(80),
    role: z
      .enum(["fixed", "candidate", "rival"])
      .describe("fixed: a schedule of F; candidate: what claims are about; rival: an optimizer without a schedule."),
    control: z.boolean().default(false).describe("Stands in every table beside the candidates."),
    settings: settings.describe("Settings of its shape; they share one tuning budget. The first one runs untuned."),
    domains: z
      .record(z.string(), settings)
      .default({})
      .describe("Other settings for problems of a domain, such as a policy for factorisations."),
    optimizers: z
      .record(z.string(), OptimizerSpec)
      .default({})
      .describe("What replaces the problem's optimizer, by its kind; `any` for every other kind."),
    rate: z
      .enum(["tuned", "own"])
      .default("tuned")
      .describe("own: the method finds its rate; it runs at 1 and spends no tuning."),
  })
  .meta({ id: "StudyEntrant" });
export type StudyEntrant = z.output<typeof StudyEntrant>;

export const StudyProtocol = z
  .strictObject({
    tuningSeeds: seeds(2, "a rate chosen on one seed is chosen by chance"),
    evaluationSeeds: seeds(20, "fewer do not support a verdict"),
    untuned: z
      .strictObject({
        factors: z.array(z.number().positive().max(1e6)).min(1).max(16),
        seeds: seeds(2, "one seed has no spread").describe("Some of the evaluation seeds."),
      })
      .nullable()
      .default(null)
      .describe("Every entrant at these multiples of the anchor's tuned rate."),
    entrants: z.array(id).optional().describe("Who takes part; absent: all."),
    measurements: z
      .int()
      .min(2)
      .max(1000)
      .default(20)
      .describe("Looks at the whole training loss in an evaluated run."),
  })
  .meta({ id: "StudyProtocol" });
export type StudyProtocol = z.output<typeof StudyProtocol>;

export const StudyProblem = z
  .strictObject({
    id: id.describe("Unique in the plan."),
    problem: id.describe("A problem of the suite."),
    optimizer: OptimizerSpec.optional().describe("Absent: the problem's own."),
    steps: z.int().min(10).max(1_000_000).optional().describe("Absent: the problem's own."),
    protocol: z.string(),
    rates: z
      .array(z.number().positive().max(1e9))
      .min(3)
      .max(64)
      .refine((rates) => rates.every((rate, i) => i === 0 || rate > rates[i - 1]!), "must rise")
      .describe("The grid that every entrant is tuned on."),
    axis: z
      .strictObject({ name: z.string(), value: z.number() })
      .optional()
      .describe("Such as the width of a network."),
  })
  .meta({ id: "StudyProblem" });
export type StudyProblem = z.output<typeof StudyProblem>;

const share = z.number().gt(0).lt(1);

export const StudyClaim = z
  .strictObject({
    id,
    text: z.string().trim().min(1).max(300),
    candidates: z.array(z.string()).min(1),
    baselines: z.array(z.string()).min(1).optional().describe("Absent: every schedule of role fixed."),
    problems: z.array(z.string()).min(1).optional().describe("Absent: all."),
    measure: z.enum(["train", "validation", "cost"]).describe("Final losses, or the median cost to the target."),
    wanted: z.enum(["better", "not-worse"]).describe("not-worse counts what is better too."),
    above: share.describe(
      "The claim holds where the share of wanted comparisons, families weighing the same, is above.",
    ),
  })
  .meta({ id: "StudyClaim" });
export type StudyClaim = z.output<typeof StudyClaim>;

export const StudyPlan = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    question: z.string().max(2000).default(""),
    notes: z.array(z.string().max(2000)).max(40).default([]).describe("What a reader must know, such as what was cut."),
    problems: z.array(StudyProblem).min(1).max(200),
    protocols: z.record(z.string(), StudyProtocol),
    entrants: z.array(StudyEntrant).min(2).max(100),
    anchor: z.string().default("cosine").describe("The entrant whose tuned rate and final loss are the reference."),
    extension: z
      .strictObject({ points: z.int().min(1).max(8), times: z.int().min(0).max(8), margin: z.number().min(0).max(1) })
      .prefault({ points: 2, times: 2, margin: 0.01 })
      .describe("The grid grows for all where a best rate lies on its edge and beats its neighbour by the margin."),
    margins: z
      .strictObject({
        better: share.default(0.01),
        notWorse: share.default(0.05),
        confidence: share.default(0.9),
        target: share.default(0.01).describe("Target: the anchor's final loss plus this share."),
      })
      .prefault({}),
    bootstrap: z
      .strictObject({ draws: z.int().min(100).max(100_000).default(2000), seed: z.int().min(0).default(1) })
      .prefault({}),
    claims: z.array(StudyClaim).max(40).default([]),
    figures: z
      .strictObject({
        rates: z.strictObject({ problems: z.array(z.string()).max(8), entrants: z.array(z.string()).max(8) }),
        losses: z.strictObject({ problems: z.array(z.string()).max(8), entrants: z.array(z.string()).max(8) }),
      })
      .optional()
      .describe("Runs drawn step by step: their rates, their losses."),
    budget: z.strictObject({ minutes: z.number().positive(), cores: z.int().min(1) }).optional(),
  })
  .superRefine((plan, context) => {
    for (const [path, message] of defectsOf(plan)) context.addIssue({ code: "custom", path, message });
  })
  .meta({ id: "StudyPlan", description: "Problems × schedules × seeds under one protocol." });
export type StudyPlan = z.output<typeof StudyPlan>;
export type StudyPlanInput = z.input<typeof StudyPlan>;

interface Parts {
  readonly problems: readonly StudyProblem[];
  readonly protocols: Readonly<Record<string, StudyProtocol>>;
  readonly entrants: readonly StudyEntrant[];
  readonly anchor: string;
  readonly claims: readonly StudyClaim[];
  readonly figures?:
    | Readonly<
        Record<"rates" | "losses", { readonly problems: readonly string[]; readonly entrants: readonly string[] }>
      >
    | undefined;
}

/** Returns what one schema cannot see: names that point nowhere, missing controls, seeds used for two ends. */
function* defectsOf(plan: Parts): Generator<readonly [path: (string | number)[], message: string]> {
  const entrants = plan.entrants.map(({ id }) => id);
  const problems = plan.problems.map(({ id }) => id);
  const unknown = (names: readonly string[], known: readonly string[]): string[] =>
    names.filter((name) => !known.includes(name));
  for (const [what, ids] of [
    ["entrants", entrants],
    ["problems", problems],
  ] as const) {
    const twice = ids.filter((one, i) => ids.indexOf(one) !== i);
    if (twice.length > 0) yield [[what], `${twice.join(", ")} stands there twice`];
  }
  if (!plan.entrants.some(({ control }) => control)) {
    yield [
      ["entrants"],
      "needs a control: mark one that the candidates must beat, such as wsd or linear, control: true",
    ];
  }
  if (!plan.entrants.some(({ role }) => role === "fixed")) {
    yield [["entrants"], "needs a schedule of role fixed to compare with"];
  }
  if (!entrants.includes(plan.anchor)) yield [["anchor"], `must be one of ${entrants.join(", ")}; got ${plan.anchor}`];
  for (const [i, { protocol }] of plan.problems.entries()) {
    if (!Object.hasOwn(plan.protocols, protocol)) {
      yield [["problems", i, "protocol"], `must be one of ${Object.keys(plan.protocols).join(", ")}; got ${protocol}`];
    }
  }
  for (const [name, { tuningSeeds, evaluationSeeds, untuned, entrants: chosen }] of Object.entries(plan.protocols)) {
    const path = ["protocols", name];
    const shared = tuningSeeds.filter((seed) => evaluationSeeds.includes(seed));
    if (shared.length > 0) yield [[...path, "evaluationSeeds"], `must be fresh; ${shared.join(", ")} tune already`];
    const strange = (untuned?.seeds ?? []).filter((seed) => !evaluationSeeds.includes(seed));
    if (strange.length > 0)
      yield [[...path, "untuned", "seeds"], `must be evaluation seeds; got ${strange.join(", ")}`];
    const missing = unknown(chosen ?? [], entrants);
    if (missing.length > 0) yield [[...path, "entrants"], `are not in the plan: ${missing.join(", ")}`];
    if (chosen && !chosen.includes(plan.anchor)) yield [[...path, "entrants"], `must hold the anchor ${plan.anchor}`];
    if (chosen && !plan.entrants.some(({ id, control }) => control && chosen.includes(id))) {
      yield [[...path, "entrants"], "must hold a control"];
    }
  }
  for (const [i, claim] of plan.claims.entries()) {
    const missing = [
      ...unknown([...claim.candidates, ...(claim.baselines ?? [])], entrants),
      ...unknown(claim.problems ?? [], problems),
    ];
    if (missing.length > 0) yield [["claims", i], `names what is not in the plan: ${missing.join(", ")}`];
  }
  for (const [figure, names] of Object.entries(plan.figures ?? {})) {
    const missing = [...unknown(names.problems, problems), ...unknown(names.entrants, entrants)];
    if (missing.length > 0) yield [["figures", figure], `are not in the plan: ${missing.join(", ")}`];
  }
}
