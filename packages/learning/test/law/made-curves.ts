import { randomStream } from "@etude/catalog";
import { type FittedLaw, type LawParameters, type LossCurve, predictLaw } from "../../src/law/index.ts";

export const plain: Pick<FittedLaw, "convention" | "warmup"> = { convention: "post-warmup", warmup: "linear" };
export const known: LawParameters = { L0: 1, A: 2, alpha: 0.5, B: 3, C: 2, beta: 0.5, gamma: 0.4 };

export const shapes = {
  constant: () => 0.1,
  cosine: (u: number) => 0.055 + 0.045 * Math.cos(Math.PI * u),
  linear: (u: number) => 0.1 * (1 - 0.9 * u),
  wsd: (u: number) => (u < 0.7 ? 0.1 : 0.1 - (0.09 * (u - 0.7)) / 0.3),
};

/** A curve that follows a law, with noise of this size relative to the loss. */
export function madeCurve(
  name: keyof typeof shapes,
  { parameters = known, noise = 0, steps = 2000, rows = 101, seed = 1 } = {},
): LossCurve {
  const step = Array.from({ length: rows }, (_, i) => 100 + (i / (rows - 1)) * (steps - 100));
  const rate = { step, value: step.map((at) => shapes[name](at / steps)) };
  const bare: LossCurve = { name, rate, loss: { step, value: step.map(() => 1) } };
  const random = randomStream(seed, name);
  const value = Array.from(predictLaw(plain, parameters, bare), (loss) => loss * (1 + noise * random.normal()));
  return { ...bare, loss: { step, value } };
}
