/**
 * The contract of a learning-rate schedule: parameters as data, bound to a small pure machine whose state is plain
 * JSON. The same code runs in the trainer, in the API's preview and in the browser's drawing, and a run resumes anywhere.
 */
import type { z } from "zod";

/** Plain JSON: survives JSON.parse(JSON.stringify()) unchanged, so it holds no Infinity, NaN or undefined. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a schedule is bound to: the run it serves. */
export interface ScheduleContext {
  /** Updates in the whole run, T. Combinators hand their base a shorter one. */
  readonly horizon: number;
  /** Parameter groups (layers) in order; a rate per group has this length. */
  readonly groups: readonly string[];
  /** Updates in one pass over the training data, for cadences and lengths given in epochs. */
  readonly stepsPerEpoch: number;
  /** `replay` only: by run id, the applied learning rate of each recorded run, one value a step from step 0. */
  readonly curves?: Readonly<Record<string, ArrayLike<number>>>;
  /** `learned` only: the policy's frozen weights. */
  readonly policy?: Json;
  /** `rate: { ofBound: c }` only: the model's stability bound at initialisation, one value or one a group. */
  readonly initialBound?: readonly number[];
}

/** Hypergradient descent with a rate for every single weight: the trainer runs this rule on tensors it checkpoints. */
export interface PerParameterRule {
  readonly perParameter: {
    readonly initial: number;
    readonly form: "additive" | "multiplicative";
    /** The hyper learning rate β (additive, units of rate² / loss) or β′ (multiplicative, dimensionless). */
    readonly strength: number;
    readonly min: number;
    readonly max: number;
    /** Combinators multiply the adapted rates by this; 0 < adaptation frozen when `frozen`. */
    readonly factor: number;
    readonly frozen?: boolean;
  };
}

/** A rate for all weights, one a group, or a rule for a rate a weight. */
export type Rate = number | readonly number[] | PerParameterRule;

/** What the trainer measured before update `step`, at that step's weights and batch. Only what `needs.before` names. */
export interface Before {
  readonly trainLoss?: number;
  /** ‖g‖₂ per group. */
  readonly gradientNorm?: readonly number[];
  /** ‖d_{t−1}‖₂ per group: the displacement really made by the previous update, divided by its rate. */
  readonly directionNorm?: readonly number[];
  /** ⟨g_t, d_{t−1}⟩ per group; 0 at the first update. */
  readonly alignment?: readonly number[];
  /** The model's stability bound on the rate at these weights, per group. */
  readonly bound?: readonly number[];
}

/** What is known after update `step`. A schedule may react at step + 1 at the earliest. */
export interface Seen {
  /** The rate that was really used (after clipping to a bound). For a rate per parameter: its mean. */
  readonly applied: number | readonly number[];
  readonly trainLoss?: number;
  /** Present at the steps where the run evaluated. */
  readonly evalLoss?: number;
}

/** One trial of a line search: the loss at w′ = project(w − tried·u), on the same batch and dropout mask. */
export interface Trial {
  readonly tried: number;
  readonly loss: number;
  /** ⟨g, w − w′⟩: the decrease that the linear model promises. */
  readonly decrease: number;
  readonly triedLoss: number;
  /** Trials made for this update, this one included. */
  readonly tries: number;
}

export interface Needs {
  readonly before: readonly (keyof Before)[];
  /** True when `observe` reads the training loss of every step, so that the trainer must read it back at once. */
  readonly trainLoss: boolean;
  readonly evalLoss: boolean;
  /** True when `judge` decides about every update (line search). */
  readonly judge: boolean;
}

export interface Planned<State extends Json> {
  readonly state: State;
  /** Finite and ≥ 0. */
  readonly rate: Rate;
  /** Present when the schedule cycles momentum too (one-cycle, cyclic). */
  readonly momentum?: number;
}

export interface Judged<State extends Json> {
  readonly state: State;
  /** accept the trial; try another rate; or stop searching and apply this rate as it is. */
  readonly then: "accept" | { readonly try: number } | { readonly apply: number };
}

/** A schedule bound to a run. Pure: the same state and arguments give the same answer. */
export interface BoundSchedule<State extends Json = Json> {
  readonly needs: Needs;
  start(): State;
  /** The rate for update `step` (0-based). Steps are asked in order; past the horizon too. */
  plan(state: State, step: number, before: Before): Planned<State>;
  judge?(state: State, trial: Trial): Judged<State>;
  /** Called once after every update. */
  observe(state: State, step: number, seen: Seen): State;
}

/** Words for people: the generated page of a schedule, the catalogue, the form's help. */
export interface ScheduleDoc {
  readonly title: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** The formula, plain text or TeX-free Unicode, in terms of the parameters' names. */
  readonly formula: string;
  readonly when: string;
  /** Where it comes from: paper with arXiv id, or the library whose semantics it follows. */
  readonly source: string;
}

/** One schedule = one file in schedules/, exporting one of these under the camelCase of its file name. */
export interface Schedule<Params extends z.ZodType<{ kind: string }> = z.ZodType<{ kind: string }>> {
  readonly kind: z.output<Params>["kind"];
  /** A zod object with `kind: z.literal(...)`, every field with a default where one is safe, and `.meta({ id })`. */
  readonly params: Params;
  readonly doc: ScheduleDoc;
  /** Valid parameters, for the docs, the gallery and the conformance suite. */
  readonly example: z.input<Params>;
  bind(params: z.output<Params>, context: ScheduleContext): BoundSchedule;
  /** Sentences a user should read before running these parameters; empty when there is nothing to say. */
  warnings?(params: z.output<Params>, context: ScheduleContext): string[];
}
