import type { StudyPlanInput } from "@etude/contracts";

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

/** A small plan over quadratics: two fixed schedules, of which one is the control, a candidate, and a rival. */
export const smallPlan = (more: Partial<StudyPlanInput> = {}): StudyPlanInput => ({
  name: "small",
  problems: [
    { id: "noisy", problem: "quadratic-noisy", steps: 30, protocol: "quick", rates: [0.05, 0.1, 0.2, 0.4] },
    { id: "valley", problem: "rosenbrock", steps: 30, protocol: "quick", rates: [0.1, 0.2, 0.4, 0.8] },
  ],
  protocols: {
    quick: {
      tuningSeeds: [1, 2, 3],
      evaluationSeeds: seeds(101, 20),
      untuned: { factors: [0.1, 1], seeds: [101, 102, 103] },
      measurements: 5,
    },
  },
  entrants: [
    {
      id: "cosine",
      title: "cosine",
      role: "fixed",
      settings: [{ kind: "cosine" }, { kind: "cosine", warmup: { fraction: 0.1 } }],
    },
    { id: "linear", title: "linear", role: "fixed", control: true, settings: [{ kind: "linear" }] },
    { id: "greedy", title: "greedy", role: "candidate", settings: [{ kind: "greedy", window: 1 }] },
    {
      id: "prodigy",
      title: "Prodigy",
      role: "rival",
      rate: "own",
      settings: [{ kind: "constant" }],
      optimizers: { any: { kind: "prodigy" } },
    },
  ],
  bootstrap: { draws: 200 },
  claims: [
    { id: "greedy", text: "Greedy is fine", candidates: ["greedy"], measure: "train", wanted: "not-worse", above: 0.9 },
    {
      id: "faster",
      text: "Greedy is faster than linear",
      candidates: ["greedy"],
      baselines: ["linear"],
      measure: "cost",
      wanted: "better",
      above: 0.5,
    },
  ],
  figures: {
    rates: { problems: ["noisy"], entrants: ["greedy", "cosine"] },
    losses: { problems: ["valley"], entrants: ["greedy"] },
  },
  ...more,
});
