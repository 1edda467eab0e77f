import { intervalsOf, type ParameterInterval, resampledLosses } from "./bootstrap.ts";
import { minimiseHuber } from "./levenberg-marquardt.ts";
import { fewerRows } from "./fewer-rows.ts";
import { huberDelta } from "./fit-law.ts";
import type { LossCurve } from "./loss-curve.ts";

/** The control: L(t) = L₀ + A·t^−α, t in steps, blind to the rate. */
export const powerLawParameters = ["L0", "A", "alpha"] as const;
export type PowerLawParameters = Readonly<Record<(typeof powerLawParameters)[number], number>>;

export interface FittedPowerLaw {
  readonly parameters: PowerLawParameters;
  readonly intervals: Readonly<Record<keyof PowerLawParameters, ParameterInterval>>;
}

const starts = [0.3, 0.6, 1];
const evaluations = { fit: 100, bootstrap: 12 };

/** Returns the power law with the least Huber loss of log residuals over all rows of all curves. */
export function fitPowerLaw(curves: readonly LossCurve[]): FittedPowerLaw {
  const rows = curves.map((curve) => {
    const { step, value } = fewerRows(curve.loss, (at) => at > 0);
    return { step: Float64Array.from(step), logLoss: Float64Array.from(value, Math.log) };
  });
  const unit = Math.max(...rows.map(({ step }) => step.at(-1)!));
  const lowest = Math.exp(Math.min(...rows.flatMap(({ logLoss }) => Array.from(logLoss))));
  const place = Float64Array.from(rows.flatMap(({ step }) => Array.from(step, (at) => Math.log(at / unit))));
  const fit = (logLoss: Float64Array, from: readonly ArrayLike<number>[], budget: number) => {
    const problem = {
      residuals: residualsOf(place, logLoss),
      rows: place.length,
      lower: [1e-9 * lowest, 1e-9 * lowest, 0.01].map(Math.log),
      upper: [1e3 * lowest, 1e3 * lowest, 5].map(Math.log),
      delta: huberDelta,
    };
    return from.map((start) => minimiseHuber(problem, start, budget)).reduce((a, b) => (b.value < a.value ? b : a));
  };
  const parametersOf = (theta: Float64Array): PowerLawParameters => {
    const [L0, A, alpha] = Array.from(theta, Math.exp) as [number, number, number];
    return { L0, A: A * unit ** alpha, alpha };
  };
  const all = Float64Array.from(rows.flatMap(({ logLoss }) => Array.from(logLoss)));
  const from = starts.map((alpha) => [0.9 * lowest, 0.1 * lowest, alpha].map(Math.log));
  const { theta } = fit(all, from, evaluations.fit);
  const parameters = parametersOf(theta);
  const fitted = rows.map(({ step, logLoss }) => {
    const value = step.map((at) => Math.log(predictPowerLaw(parameters, at)));
    return { fitted: value, residual: value.map((one, row) => one - logLoss[row]!) };
  });
  const refits = resampledLosses(fitted).map((losses) =>
    parametersOf(
      fit(Float64Array.from(losses.flatMap((one) => Array.from(one))), [theta], evaluations.bootstrap).theta,
    ),
  );
  return { parameters, intervals: intervalsOf(parameters, powerLawParameters, refits) };
}

/** Returns the loss at a step, from 1 on. */
export const predictPowerLaw = ({ L0, A, alpha }: PowerLawParameters, step: number): number => L0 + A * step ** -alpha;

const residualsOf =
  (place: Float64Array, logLoss: Float64Array) =>
  (theta: Float64Array, residual: Float64Array, jacobian?: Float64Array): void => {
    const [l0, a, alpha] = Array.from(theta, Math.exp) as [number, number, number];
    for (let row = 0; row < place.length; row++) {
      const power = a * Math.exp(-alpha * place[row]!);
      const loss = l0 + power;
      residual[row] = Math.log(loss) - logLoss[row]!;
      jacobian?.set([l0 / loss, power / loss, (-alpha * power * place[row]!) / loss], row * 3);
    }
  };
