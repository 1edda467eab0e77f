import type { RateProfile } from "./rate-profile.ts";

/**
 * The Multi-Power Law (Luo et al. 2025, arXiv 2503.12811):
 * L(t) = L₀ + A·S(t)^−α − B·Σ_k (η_{k−1} − η_k)·(1 − (1 + C·η_k^−γ·S_k(t))^−β),
 * S the area under the rate from step 0 to t, S_k that from the change k on.
 */
export const lawParameters = ["L0", "A", "alpha", "B", "C", "beta", "gamma"] as const;
export type LawParameter = (typeof lawParameters)[number];
export type LawParameters = Readonly<Record<LawParameter, number>>;

type Seven = [number, number, number, number, number, number, number];

/**
 * Writes the loss at each row to `loss` and, where given, its derivatives by the logarithm of each parameter to
 * `jacobian` (rows × 7, row by row). `theta` holds the logarithms of the parameters in the order of `lawParameters`.
 */
export function evaluateLaw(
  theta: ArrayLike<number>,
  { area, before, drop, rate, areaAt }: RateProfile,
  loss: Float64Array,
  jacobian?: Float64Array,
): void {
  const [l0, a, alpha, b, c, beta, gamma] = Array.from(theta, Math.exp) as Seven;
  const logRate = rate.map(Math.log);
  const scale = logRate.map((log) => c * Math.exp(-gamma * log));
  for (let row = 0; row < area.length; row++) {
    const s = area[row]!;
    let gain = 0;
    let byC = 0;
    let byBeta = 0;
    let byGamma = 0;
    for (let k = 0; k < before[row]!; k++) {
      const x = scale[k]! * (s - areaAt[k]!);
      const log = Math.log1p(x);
      const rest = Math.exp(-beta * log);
      const fall = drop[k]!;
      gain += fall * (1 - rest);
      const inner = (fall * beta * rest * x) / (1 + x);
      byC += inner;
      byGamma -= inner * logRate[k]!;
      byBeta += fall * rest * log;
    }
    const power = a * s ** -alpha;
    loss[row] = l0 + power - b * gain;
    if (jacobian) {
      jacobian.set(
        [l0, power, -alpha * power * Math.log(s), -b * gain, -b * byC, -b * beta * byBeta, -b * gamma * byGamma],
        row * 7,
      );
    }
  }
}

/** The units that a fit works in, so that its bounds and starts suit any task. */
export interface LawUnits {
  readonly rate: number;
  readonly area: number;
}

/** Returns the profile with rates and areas in these units. */
export const inUnits = (profile: RateProfile, { rate, area }: LawUnits): RateProfile => ({
  area: profile.area.map((value) => value / area),
  before: profile.before,
  drop: profile.drop.map((value) => value / rate),
  rate: profile.rate.map((value) => value / rate),
  areaAt: profile.areaAt.map((value) => value / area),
});

/** Returns the parameters for rates per update, given the logarithms of those in other units. */
export function fromUnits(theta: ArrayLike<number>, { rate, area }: LawUnits): LawParameters {
  const [L0, A, alpha, B, C, beta, gamma] = Array.from(theta, Math.exp) as Seven;
  return { L0, A: A * area ** alpha, alpha, B: B / rate, C: (C * rate ** gamma) / area, beta, gamma };
}

/** Returns the logarithms that `evaluateLaw` takes. */
export const logParameters = (parameters: LawParameters): Float64Array =>
  Float64Array.from(lawParameters, (name) => Math.log(parameters[name]));
