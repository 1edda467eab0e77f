import type { Batch, Json, Pass, PerParameterRule, Planned, Rate, Tf } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import { free } from "./free.ts";
import { lineSearch } from "./line-search.ts";
import { assign, candidates, type Part, type WeightRates } from "./part.ts";
import { adaptRates } from "./per-parameter.ts";
import { keepsDirections, type Moving, type Session } from "./session.ts";

interface PartInput {
  readonly session: Session;
  readonly moving: Moving;
  readonly part: Part;
  readonly batch: Batch;
  readonly pass: Pass;
  readonly plan: Planned<Json>;
  /** One a weight of the part, at its current values; stays the caller's. */
  readonly gradients: readonly tfc.Tensor[];
  readonly loss: number;
  /** Stability bounds of all groups of the model. */
  readonly bound: readonly number[] | undefined;
}

/** Rates of one part, one value for each of its groups. */
export interface PartUpdate {
  readonly planned: readonly number[];
  readonly applied: readonly number[];
  readonly bound: readonly number[] | undefined;
  /** Forward passes of a line search. */
  readonly trials: number;
  /** For a rate per parameter: the rates that were used, one array a weight. */
  readonly parameterRates?: readonly Float32Array[];
}

/** With the rate that each weight moved by; tensors among them are freed once the displacement is known. */
type Moved = PartUpdate & { readonly used: WeightRates };

const isPerParameter = (rate: Rate): rate is PerParameterRule => typeof rate === "object" && "perParameter" in rate;

/** Updates one part: advances the optimizer, clips the rate to the bound as the last act, and moves the weights. */
export async function updatePart(input: PartInput): Promise<PartUpdate> {
  const { session, moving, part, plan, gradients } = input;
  const { tf, model, optimizer, schedule } = session;
  const groupIndices = part.groups.map((group) => model.groups.indexOf(group));
  const bound = input.bound && groupIndices.map((i) => input.bound![i]!);
  const { rate } = plan;
  const perParameter = isPerParameter(rate) ? rate.perParameter : undefined;
  const planned = isPerParameter(rate) ? [] : groupIndices.map((i) => (typeof rate === "number" ? rate : rate[i]!));
  const known = !perParameter && !schedule.needs.judge;
  const { directions, state, scale } = tf.tidy(() =>
    optimizer.direction(tf, {
      state: moving.optimizer,
      weights: part.weights.map(({ name, variable }) => ({ name, value: variable })),
      gradients,
      step: moving.step,
      ...(known && { rates: weightRates(part, clipped(planned, clipOf(input, bound))) }),
      ...(plan.momentum !== undefined && { momentum: plan.momentum }),
    }),
  );
  const keeps = keepsDirections(schedule) || perParameter !== undefined;
  const before = keeps && model.project ? snapshot(part, tf) : undefined;
  const scaled = scale ? await scaledBy(session, planned, scale) : planned;
  const moved = perParameter
    ? await moveEach(input, directions, perParameter, bound)
    : await moveTogether(input, directions, scaled, bound);
  const { used, ...result } = moved;
  const made = before && displacements(session, part, before, used);
  remember(input, directions, state, keeps, made);
  free(used.filter((rate) => typeof rate !== "number"));
  return result;
}

/** The bound at which rates are cut; undefined when there is none or it is only recorded. */
const clipOf = ({ session }: PartInput, bound: readonly number[] | undefined): readonly number[] | undefined =>
  session.model.clipsToBound === false ? undefined : bound;

const clipped = (planned: readonly number[], clip: readonly number[] | undefined): readonly number[] =>
  clip ? planned.map((rate, i) => Math.min(rate, clip[i]!)) : planned;

const weightRates = ({ weights, groups }: Part, rates: readonly number[]): number[] =>
  weights.map(({ group }) => rates[groups.indexOf(group)]!);

async function scaledBy({ read }: Session, planned: readonly number[], scale: tfc.Tensor): Promise<number[]> {
  const [values] = await read([scale]);
  scale.dispose();
  return planned.map((rate) => rate * values![0]!);
}

/** One rate for each group: clipped and applied, or found by a line search. */
async function moveTogether(
  input: PartInput,
  directions: readonly tfc.Tensor[],
  planned: readonly number[],
  bound: readonly number[] | undefined,
): Promise<Moved> {
  const { session, moving, part, batch, pass, gradients, loss } = input;
  const clip = clipOf(input, bound);
  if (session.schedule.needs.judge) {
    const search = { session, moving, part, batch, pass, gradients, directions, loss };
    const limits = { proposal: planned[0]!, bound: Math.min(...(clip ?? [Infinity])) };
    const { applied, forwardPasses } = await lineSearch({ ...search, ...limits });
    const used = part.weights.map(() => applied);
    return { planned, applied: planned.map(() => applied), bound, trials: forwardPasses, used };
  }
  const applied = clipped(planned, clip);
  const used = weightRates(part, applied);
  const from = part.weights.map(({ variable }) => variable);
  assign(part, candidates(session.tf, session.model, part, from, directions, used));
  return { planned, applied, bound, trials: 0, used };
}

/** A rate for each weight, adapted by the schedule's rule. */
async function moveEach(
  input: PartInput,
  directions: readonly tfc.Tensor[],
  rule: PerParameterRule["perParameter"],
  bound: readonly number[] | undefined,
): Promise<Moved> {
  const { session, moving, part, gradients } = input;
  const { tf, model, read, optimizer } = session;
  const clip = clipOf(input, bound);
  const weightBounds = clip && weightRates(part, clip);
  const old = entriesOf(moving.rates, part);
  const { adapted, applied } = adaptRates(tf, rule, {
    rates: old,
    weights: part.weights,
    gradients,
    previous: entriesOf(moving.previous, part),
    coupledDecay: optimizer.coupledDecay,
    bounds: weightBounds,
  });
  const from = part.weights.map(({ variable }) => variable);
  assign(part, candidates(tf, model, part, from, directions, applied));
  const parameterRates = await read(applied);
  const planned = weightBounds ? await readPlanned(session, adapted, rule.factor) : parameterRates;
  free(old ?? []);
  moving.rates = replaced(moving.rates, model.weights.length, part, adapted);
  const meanOf = (values: readonly Float32Array[]): number[] =>
    part.groups.map((group) => groupMean(part, group, values));
  return { planned: meanOf(planned), applied: meanOf(parameterRates), bound, trials: 0, parameterRates, used: applied };
}

async function readPlanned(
  { tf, read }: Session,
  adapted: readonly tfc.Tensor[],
  factor: number,
): Promise<Float32Array[]> {
  const scaled = tf.tidy(() => adapted.map((rate) => tf.mul(rate, factor)));
  const values = await read(scaled);
  tf.dispose(scaled);
  return values;
}

function groupMean({ weights }: Part, group: string, values: readonly Float32Array[]): number {
  let [sum, count] = [0, 0];
  weights.forEach((weight, i) => {
    if (weight.group !== group) return;
    for (const value of values[i]!) sum += value;
    count += values[i]!.length;
  });
  return sum / count;
}

const snapshot = ({ weights }: Part, tf: Tf): tfc.Tensor[] => weights.map(({ variable }) => tf.clone(variable));

/** d = (w − w′) / rate for a projected model: what was really done, not what was asked for. */
function displacements({ tf }: Session, part: Part, before: readonly tfc.Tensor[], used: WeightRates): tfc.Tensor[] {
  const made = tf.tidy(() =>
    part.weights.map(({ variable }, i) => tf.divNoNan(tf.sub(before[i]!, variable), used[i]!)),
  );
  tf.dispose([...before]);
  return made;
}

/** Stores the new optimizer state and d_t, and frees what they replace. */
function remember(
  { session, moving, part, gradients }: PartInput,
  directions: readonly tfc.Tensor[],
  state: Moving["optimizer"],
  keeps: boolean,
  made: readonly tfc.Tensor[] | undefined,
): void {
  const { tf, model } = session;
  const old = Object.keys(state).flatMap((name) => moving.optimizer[name] ?? []);
  moving.optimizer = { ...moving.optimizer, ...state };
  // A direction may be a gradient or a state tensor itself; d_t outlives both, so it is then taken as an alias.
  const shared = new Set<tfc.Tensor>([...gradients, ...Object.values(state)]);
  const kept = keeps ? (made ?? directions.map((u) => (shared.has(u) ? tf.clone(u) : u))) : [];
  if (keeps) {
    tf.dispose(entriesOf(moving.previous, part) ?? []);
    moving.previous = replaced(moving.previous, model.weights.length, part, kept);
  }
  const staying = new Set<tfc.Tensor>([...shared, ...kept]);
  free(old);
  free(directions.filter((u) => !staying.has(u)));
}

/** Returns the part's entries of a list over all weights; null before its first update. */
function entriesOf(list: readonly tfc.Tensor[] | null, { indices }: Part): tfc.Tensor[] | null {
  return list?.[indices[0]!] ? indices.map((i) => list[i]!) : null;
}

/** Returns the list with the part's entries replaced; entries of parts not yet updated stay. */
function replaced(
  list: readonly tfc.Tensor[] | null,
  length: number,
  { indices }: Part,
  values: readonly tfc.Tensor[],
): tfc.Tensor[] {
  const next = list ? [...list] : Array.from<tfc.Tensor>({ length });
  indices.forEach((index, i) => (next[index] = values[i]!));
  return next;
}
