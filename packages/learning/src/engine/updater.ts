/** One update of a problem in the array engine, the way the trainer makes it: measure, plan, then part by part. */
import type { Before, Judged, Json, OptimizerSpec, PerParameterRule, Rate, Trial } from "@etude/catalog";
import { Displacements } from "./displacements.ts";
import { lineSearch } from "./line-search.ts";
import { beforeOf, groupSums, measureInto } from "./measure.ts";
import { createOptimizer } from "./optimizers/create.ts";
import { type ArrayOptimizer, bytesOf, zerosLike } from "./optimizers/optimizer.ts";
import { type Part, partsOf } from "./parts.ts";
import { adaptRates } from "./per-parameter.ts";
import type { Instance, Problem } from "./problem.ts";

export interface UpdaterOptions {
  readonly optimizer: OptimizerSpec;
  readonly seed: number;
  /** Whether rates are cut at the problem's stability bound, where it has one. */
  readonly clipToBound: boolean;
}

/** What is planned for one update. */
export interface Plan {
  readonly rate: Rate;
  readonly momentum?: number | undefined;
  /** Decides about each trial, for a line search. */
  readonly judge?: ((trial: Trial) => Judged<Json>["then"]) | undefined;
}

const isPerParameter = (rate: Rate): rate is PerParameterRule => typeof rate === "object" && "perParameter" in rate;

/** A run's weights, and what changes them. */
export class Updater {
  readonly instance: Instance;
  readonly optimizer: ArrayOptimizer;
  /** Updates made; the next one is update `step`. */
  step = 0;
  /** Gradients taken; an alternating update takes one a group. */
  gradientEvaluations = 0;
  /** Forward passes of line searches. */
  extraForwards = 0;
  /** The rate of each group in the last update; for a rate per parameter its mean. */
  readonly applied: Float64Array;

  readonly #problem: Problem;
  readonly #options: UpdaterOptions;
  readonly #gradients: Float64Array[];
  readonly #parts: readonly Part[];
  /** Positions of all weight tensors. */
  readonly #all: readonly number[];
  readonly #sums;
  readonly #weightRates: Float64Array;
  /** Weights of each group. */
  readonly #sizes: Float64Array;
  #before: readonly (keyof Before)[] = [];
  #keepsDirections = false;
  #measuresAll = false;
  readonly #displacements: Displacements;
  #parameterRates: Float64Array[] | undefined;
  #loss = Number.NaN;

  constructor(problem: Problem, options: UpdaterOptions) {
    this.#problem = problem;
    this.#options = options;
    this.instance = problem.start(options.seed);
    const { weights } = this.instance;
    this.#gradients = zerosLike(weights);
    this.optimizer = createOptimizer(options.optimizer, { weights, gradients: this.#gradients });
    this.#parts = partsOf(problem, this.instance);
    this.#all = weights.map((_, index) => index);
    this.#displacements = new Displacements(weights);
    this.#sums = groupSums(problem.groups.length);
    this.#weightRates = new Float64Array(weights.length);
    this.applied = new Float64Array(problem.groups.length);
    this.#sizes = new Float64Array(problem.groups.length);
    weights.forEach(({ length }, index) => (this.#sizes[this.instance.groupOf[index]!]! += length));
  }

  /** Makes every later `measure` find what the schedule asks for. */
  measureFor(before: readonly (keyof Before)[]): void {
    this.#before = before;
    this.#keepsDirections = before.includes("alignment") || before.includes("directionNorm");
    this.#measuresAll = this.#keepsDirections || before.includes("gradientNorm");
  }

  /** The rate of the last update: the mean over groups, for a rate per parameter over all weights. */
  get rate(): number {
    const { applied } = this;
    let [sum, count] = [0, 0];
    for (let group = 0; group < applied.length; group++) {
      const share = this.#parameterRates ? this.#sizes[group]! : 1;
      sum += share * applied[group]!;
      count += share;
    }
    return sum / count;
  }

  /** Bytes of the rates and directions that a schedule makes the run remember. */
  get scheduleBytes(): number {
    return this.#displacements.bytes + bytesOf(this.#parameterRates ?? []);
  }

  /** The stability bound of each group at the current weights; undefined where the problem knows none. */
  bounds(): number[] | undefined {
    const { instance } = this;
    return instance.bound && this.#problem.groups.map((_, group) => instance.bound!(group, this.step));
  }

  /** Takes the gradient of the next update's batch. Returns its loss and what the schedule asked for. */
  measure(): { readonly loss: number; readonly finite: boolean; readonly before: Before } {
    const { instance } = this;
    const whole = this.#parts.length === 1 || this.#measuresAll;
    const part = this.#parts[0]!;
    this.#loss = instance.loss(this.step, this.#gradients, whole ? undefined : part.only);
    this.gradientEvaluations++;
    measureInto(this.#sums, {
      weights: instance.weights,
      gradients: this.#gradients,
      groupOf: instance.groupOf,
      indices: whole ? this.#all : part.indices,
      previous: this.#keepsDirections ? this.#displacements.previous : undefined,
      coupledDecay: this.optimizer.coupledDecay,
    });
    let squares = 0;
    for (const square of this.#sums.squares) squares += square;
    const before = beforeOf(this.#before, this.#sums, this.#loss, () => this.bounds());
    return { loss: this.#loss, finite: Number.isFinite(this.#loss) && Number.isFinite(squares), before };
  }

  /** Makes the update that `measure` took the gradient of. */
  apply(plan: Plan): void {
    for (const [at, part] of this.#parts.entries()) {
      if (at > 0) {
        // The earlier parts have moved: gradient and loss of this one are taken anew.
        this.#loss = this.instance.loss(this.step, this.#gradients, part.only);
        this.gradientEvaluations++;
      }
      this.#updatePart(part, plan);
    }
    this.step++;
  }

  #updatePart(part: Part, plan: Plan): void {
    const { instance, optimizer, step } = this;
    const { rate, momentum, judge } = plan;
    const bound = this.#boundOf(part);
    const perParameter = isPerParameter(rate) ? rate.perParameter : undefined;
    if (!isPerParameter(rate)) this.#plan(part, rate, bound);
    const known = !perParameter && !judge;
    const scale = optimizer.advance({
      indices: part.indices,
      step,
      rates: known ? this.#weightRates : undefined,
      momentum,
    });
    const keeps = this.#keepsDirections || perParameter !== undefined;
    if (keeps && instance.project) this.#displacements.snapshot(part.indices);
    if (perParameter) this.#moveEach(part, perParameter, bound);
    else if (judge) this.#search(part, judge, bound);
    else this.#moveTogether(part, rate as number | readonly number[], scale, bound);
    if (keeps) this.#keepDirections(part, perParameter, bound);
  }

  /** The bound at which rates of the part's groups are cut, one a group of the problem. */
  #boundOf(part: Part): ((group: number) => number) | undefined {
    const { instance, step } = this;
    if (!this.#options.clipToBound || !instance.bound) return undefined;
    const bounds = new Map(part.groups.map((group) => [group, instance.bound!(group, step)]));
    return (group) => bounds.get(group)!;
  }

  /** Writes the rate of each weight tensor as the update will use it. */
  #plan(part: Part, rate: number | readonly number[], bound: ((group: number) => number) | undefined): void {
    for (const group of part.groups) {
      const planned = typeof rate === "number" ? rate : rate[group]!;
      this.applied[group] = bound ? Math.min(planned, bound(group)) : planned;
    }
    for (const index of part.indices) this.#weightRates[index] = this.applied[this.instance.groupOf[index]!]!;
  }

  #moveTogether(
    part: Part,
    rate: number | readonly number[],
    scale: number,
    bound: ((group: number) => number) | undefined,
  ): void {
    if (scale !== 1) {
      const scaled = this.#problem.groups.map((_, group) => scale * (typeof rate === "number" ? rate : rate[group]!));
      this.#plan(part, scaled, bound);
    }
    const { weights } = this.instance;
    for (const index of part.indices) {
      const [w, u, by] = [weights[index]!, this.optimizer.directions[index]!, this.#weightRates[index]!];
      for (let j = 0; j < w.length; j++) w[j] = w[j]! - by * u[j]!;
    }
    this.instance.project?.(part.only);
  }

  #search(part: Part, judge: NonNullable<Plan["judge"]>, bound: ((group: number) => number) | undefined): void {
    const { instance, optimizer, step } = this;
    const { weights } = instance;
    const start = this.#displacements.snapshot(part.indices);
    const { applied, trials } = lineSearch({
      loss: this.#loss,
      proposal: this.applied[part.groups[0]!]!,
      bound: bound ? Math.min(...part.groups.map(bound)) : Infinity,
      moveTo(rate) {
        for (const index of part.indices) {
          const [w, u, from] = [weights[index]!, optimizer.directions[index]!, start[index]!];
          for (let j = 0; j < w.length; j++) w[j] = from[j]! - rate * u[j]!;
        }
        instance.project?.(part.only);
      },
      decrease: () => {
        let sum = 0;
        for (const index of part.indices) {
          const [w, g, from] = [weights[index]!, this.#gradients[index]!, start[index]!];
          for (let j = 0; j < w.length; j++) sum += g[j]! * (from[j]! - w[j]!);
        }
        return sum;
      },
      lossHere: () => instance.loss(step),
      judge,
    });
    this.extraForwards += trials;
    for (const group of part.groups) this.applied[group] = applied;
    for (const index of part.indices) this.#weightRates[index] = applied;
  }

  #moveEach(part: Part, rule: PerParameterRule["perParameter"], bound: ((group: number) => number) | undefined): void {
    const { instance, optimizer } = this;
    const { weights, groupOf } = instance;
    this.#parameterRates ??= weights.map(({ length }) => new Float64Array(length).fill(rule.initial));
    const sums = new Float64Array(this.applied.length);
    for (const index of part.indices) {
      const [weight, gradient, rates] = [weights[index]!, this.#gradients[index]!, this.#parameterRates[index]!];
      const previous = this.#displacements.previous?.[index];
      adaptRates(rule, { rates, weight, gradient, previous, coupledDecay: optimizer.coupledDecay });
      const u = optimizer.directions[index]!;
      const limit = bound?.(groupOf[index]!) ?? Infinity;
      let sum = 0;
      for (let j = 0; j < weight.length; j++) {
        const used = Math.min(rates[j]! * rule.factor, limit);
        sum += used;
        weight[j] = weight[j]! - used * u[j]!;
      }
      sums[groupOf[index]!]! += sum;
    }
    for (const group of part.groups) this.applied[group] = sums[group]! / this.#sizes[group]!;
    instance.project?.(part.only);
  }

  /** Keeps d_t: the direction, or for a projected problem what was really done. */
  #keepDirections(
    { indices }: Part,
    rule: PerParameterRule["perParameter"] | undefined,
    bound: ((group: number) => number) | undefined,
  ): void {
    const { instance, optimizer } = this;
    if (!instance.project) {
      this.#displacements.keep(indices, optimizer.directions);
      return;
    }
    const limit = (index: number): number => bound?.(instance.groupOf[index]!) ?? Infinity;
    const rates = this.#parameterRates;
    this.#displacements.keepMoved(
      indices,
      rule
        ? (index, j) => Math.min(rates![index]![j]! * rule.factor, limit(index))
        : (index) => this.#weightRates[index]!,
    );
  }
}
