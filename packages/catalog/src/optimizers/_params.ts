import { z } from "zod";

export const weightDecay = z
  .number()
  .min(0)
  .max(1e6)
  .default(0)
  .describe("L2 penalty λ: λ·w is added to the gradient (coupled weight decay).");

export const beta = (initial: number, text: string) => z.number().min(0).lt(1).default(initial).describe(text);

export const epsilon = (initial: number) =>
  z.number().positive().max(1).default(initial).describe("ε, added to the root so that nothing is divided by 0.");
