import { z } from "zod";
import type { Schedule, Trial } from "../schedule.ts";
import { above, inside, parameters, rate, resolveRates, rule, steps, whole, word } from "./_fields.ts";
import { judged } from "./_answers.ts";
import type { Reactive } from "./_reactive.ts";

const params = parameters({
  kind: z.literal("line-search"),
  rate: rate().default(1),
  condition: word(["armijo", "goldstein"])
    .default("armijo")
    .describe("armijo: enough decrease; goldstein: also not far more than enough, so a timid step is lengthened."),
  c: inside(0, 1).default(0.1).describe("Share of the promised decrease that must be met."),
  shrink: inside(0, 1).default(0.9).describe("What the rate is multiplied by when the decrease is not enough."),
  grow: above(1, 100).default(2).describe("goldstein only: what it is multiplied by when the step was timid."),
  reset: z
    .union([z.literal(0), z.literal(1), z.literal(2)], rule("0, 1 or 2"))
    .default(1)
    .describe("Where each search starts. 0: the last rate; 1: that times gamma^(1 / stepsPerEpoch); 2: `rate`."),
  gamma: above(1, 100).default(2).describe("reset 1 only: by how much the rate may recover within an epoch."),
  stepsPerEpoch: steps().optional().describe("reset 1 only; absent: the run's own."),
  maxRate: above(0, 1e9).default(10).describe("goldstein only: a step is not lengthened beyond it."),
  maxTries: whole(1, 1000).default(100).describe("Trials for one update, after which fallbackRate is applied."),
  fallbackRate: above(0, 1).default(1e-6).describe("Applied when no trial was accepted."),
})
  .superRefine(({ condition, c }, context) => {
    if (condition === "goldstein" && c >= 0.5) {
      const message = `must be below 0.5 for goldstein; got ${c}`;
      context.addIssue({ code: "custom", path: ["c"], message, input: c });
    }
  })
  .meta({ id: "LineSearchSchedule" });
type Params = z.output<typeof params>;

/** A gradient shorter than this is none: the update applies a rate of 0. */
const vanishing = 1e-8;
/** Goldstein shortens a step no further. */
const shortest = 1e-8;

/** `rate` is the proposal that searches go on from; `applying` what this update was told to apply. */
type State = { readonly rate: number; readonly applying: number };

/** Returns what the trial is: enough decrease, and not timid. */
function conditions(
  { condition, c }: Params,
  { loss, decrease, triedLoss }: Trial,
): { enough: boolean; bold: boolean } {
  const enough = triedLoss <= loss - c * decrease;
  return { enough, bold: condition === "armijo" || triedLoss >= loss - (1 - c) * decrease };
}

export const lineSearch: Schedule<typeof params> = {
  kind: "line-search",
  params,
  doc: {
    title: "Stochastic line search",
    summary: "Tries a rate on the same batch before each update and shortens it until the loss falls enough.",
    formula: "accept η if loss(project(w − ηu)) ≤ loss − c · ⟨g, w − project(w − ηu)⟩, else η ← shrink · η",
    when: "For models that can fit their data exactly; each trial costs a forward pass, which is counted.",
    source: "Vaswani et al., arXiv:1905.09997; the authors' sls code.",
  },
  example: { kind: "line-search", rate: 1, c: 0.1, shrink: 0.9 },
  bind: (params, context): Reactive<State> => {
    const start = Math.min(...resolveRates(params.rate, context));
    const recovery = params.gamma ** (1 / (params.stepsPerEpoch ?? context.stepsPerEpoch));
    const proposal = (rate: number): number =>
      params.reset === 2 ? start : params.reset === 1 ? Math.min(rate * recovery, Number.MAX_VALUE) : rate;
    return {
      needs: { before: ["gradientNorm"], trainLoss: false, evalLoss: false, judge: true },
      range: [
        0,
        params.reset === 1
          ? Number.POSITIVE_INFINITY
          : params.condition === "armijo"
            ? start
            : Math.max(start, params.maxRate),
      ],
      metricDecides: false,
      start: () => ({ rate: start, applying: start }),
      plan(state, _, before) {
        const rate = proposal(state.rate);
        const length = Math.sqrt((before.gradientNorm ?? []).reduce((sum, part) => sum + part * part, 0));
        const still = before.gradientNorm !== undefined && length < vanishing;
        return { state: { rate, applying: still ? 0 : rate }, rate: still ? 0 : rate };
      },
      judge(state, trial) {
        const { tried, tries } = trial;
        if (tried === 0) return judged(state, "accept");
        const { enough, bold } = conditions(params, trial);
        if (enough && (bold || tried >= params.maxRate || tries >= params.maxTries)) {
          return judged({ rate: tried, applying: tried }, "accept");
        }
        const rate = enough
          ? Math.min(tried * params.grow, params.maxRate)
          : params.condition === "goldstein"
            ? Math.max(tried * params.shrink, shortest)
            : tried * params.shrink;
        if (tries < params.maxTries) return judged({ rate, applying: rate }, { try: rate });
        return judged({ rate, applying: params.fallbackRate }, { apply: params.fallbackRate });
      },
      observe(state, _, { applied }) {
        const used = typeof applied === "number" ? applied : Math.min(...applied);
        return used < state.applying ? { rate: used, applying: used } : state;
      },
    };
  },
};
