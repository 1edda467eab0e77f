import { z } from "zod";

export const weightDecay = z
  .number()
  .min(0)
  .default(0)
  .describe("L2 penalty λ: λ·w is added to the gradient (coupled weight decay).");

export const beta = (initial: number, text: string) => z.number().min(0).lt(1).default(initial).describe(text);
