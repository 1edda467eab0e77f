/** Problems of the flagship study, with the grids that rates are tuned on. */
import type { StudyPlanInput } from "@etude/contracts";

type Planned = StudyPlanInput["problems"][number];

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
export const quickSeeds = { tuning: range(1, 3), evaluation: range(101, 20) };
export const slowSeeds = { tuning: range(1, 2), evaluation: range(101, 20) };

/** Returns an odd number of rates, each twice the one before, around a centre. */
const around = (centre: number, count: number): number[] =>
  range(-(count - 1) / 2, count).map((power) => +(centre * 2 ** power).toPrecision(6));

const quick = (problem: string, centre: number): Planned => ({
  id: problem,
  problem,
  protocol: "quick",
  rates: around(centre, 11),
});

const slow = (problem: string, centre: number, steps?: number): Planned => ({
  id: problem,
  problem,
  protocol: "slow",
  rates: around(centre, 7),
  ...(steps && { steps }),
});

const under = (kind: "sgd" | "momentum" | "adam" | "adamw", problem: string, centre: number): Planned => ({
  id: `${problem.replace(/-(momentum|adam)$/, "")}-under-${kind}`,
  problem,
  optimizer: { kind },
  protocol: "optimizers",
  rates: around(centre, 11),
});

const width = (neurons: number, centre: number): Planned => ({
  id: `mlp-digits-width-${neurons}`,
  problem: `mlp-digits-width-${neurons}`,
  protocol: "tunedOnly",
  rates: around(centre, 7),
  steps: 150,
  axis: { name: "width", value: neurons },
});

/** All problems: quick ones, slow ones, two tasks under four optimizers, one network at four widths. */
export const flagshipProblems = (): Planned[] => [
  quick("quadratic-noisy", 0.2),
  quick("quadratic-deterministic", 1.6),
  quick("quadratic-jump", 0.2),
  quick("quadratic-bursts", 0.05),
  quick("rosenbrock", 0.4),
  quick("linear-diabetes", 0.1),
  quick("logistic-breast-cancer", 4),
  quick("logistic-sparse", 2),
  quick("softmax-digits", 6.4),
  quick("mlp-digits-momentum", 0.1),
  quick("mlp-digits-adam", 0.03),
  quick("mlp-digits-label-noise", 0.03),
  quick("nmf-low-rank", 1),
  slow("mlp-digits-deep", 0.4, 300),
  slow("autoencoder-digits", 1),
  slow("cnn-digits", 0.04, 300),
  slow("nmf-digits", 2),
  slow("nmf-speeches", 0.1, 200),
  slow("speeches-pool", 0.05, 250),
  slow("char-window", 0.1),
  { ...slow("char-transformer", 0.01, 80), protocol: "tunedOnly" },
  under("momentum", "softmax-digits", 0.6),
  under("adam", "softmax-digits", 0.1),
  under("adamw", "softmax-digits", 0.1),
  under("sgd", "mlp-digits-momentum", 0.8),
  under("adamw", "mlp-digits-momentum", 0.03),
  width(16, 0.8),
  width(64, 0.8),
  width(256, 0.8),
  width(1024, 0.8),
];
