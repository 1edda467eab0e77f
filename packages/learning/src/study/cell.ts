/** The unit of a study: one training, and what is kept of it. */

export interface Cell {
  /** Id of the problem in the plan. */
  readonly problem: string;
  readonly entrant: string;
  /** Index of the entrant's setting. */
  readonly setting: number;
  readonly rate: number;
  readonly seed: number;
  /** What is kept beyond the end: looks at the whole loss on the way, or every rate and loss. */
  readonly keep: "end" | "curve" | "trace";
}

export interface CellOutcome extends Cell {
  /** The whole training objective at the end; Infinity when diverged, as in all losses. */
  readonly trainLoss: number;
  readonly bestTrainLoss: number;
  /** Mean batch loss of the last 10 % of the steps. */
  readonly tailTrainLoss: number;
  readonly validationLoss?: number;
  readonly accuracy?: number;
  /** Mean of ln(batch loss); null where a loss is not above 0. */
  readonly areaLogLoss: number | null;
  readonly diverged: boolean;
  readonly gradientEvaluations: number;
  readonly extraForwards: number;
  readonly seconds: number;
  /** Of the schedule and of the optimizer. */
  readonly stateBytes: number;
  readonly optimizerBytes: number;
  /** Looks at the whole training loss, with the cost spent until each. */
  readonly curve?: { readonly losses: readonly number[]; readonly costs: readonly number[] };
  /** About 200 places of the run: the rate there, the mean batch loss since the place before. */
  readonly trace?: {
    readonly steps: readonly number[];
    readonly rates: readonly number[];
    readonly losses: readonly number[];
  };
}

/** Names a cell; a run that keeps its curve also serves where only the end is asked for. */
export const keyOf = ({ problem, entrant, setting, rate, seed, keep }: Cell): string =>
  [problem, entrant, setting, rate, seed, ...(keep === "trace" ? [keep] : [])].join("|");

/** Outcomes by the key of their cell. */
export type Outcomes = ReadonlyMap<string, CellOutcome>;

/** JSON has no infinity: it is written as null, which only a loss can be. */
export const encodeOutcome = (outcome: CellOutcome): string => JSON.stringify(outcome);

const lossFields = ["trainLoss", "bestTrainLoss", "tailTrainLoss", "validationLoss"] as const;
const orInfinity = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? Infinity);

/** Reads a line that `encodeOutcome` wrote. Throws a SyntaxError for anything else. */
export function decodeOutcome(line: string): CellOutcome {
  const outcome = JSON.parse(line) as Record<string, unknown> & CellOutcome;
  for (const field of lossFields) if (outcome[field] === null) Object.assign(outcome, { [field]: Infinity });
  const { curve, trace } = outcome;
  return {
    ...outcome,
    ...(curve && { curve: { ...curve, losses: orInfinity(curve.losses) } }),
    ...(trace && { trace: { ...trace, losses: orInfinity(trace.losses) } }),
  };
}
