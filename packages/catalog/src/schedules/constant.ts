import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { rate, resolveRates, parameters } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({ kind: z.literal("constant"), rate: rate() }).meta({ id: "ConstantSchedule" });

export const constant: Schedule<typeof params> = {
  kind: "constant",
  params,
  doc: {
    title: "Constant",
    summary: "Keeps one learning rate for the whole run.",
    formula: "η(t) = rate",
    when: "As the control of every comparison, and as the middle of a warmup and a tail.",
    source: "Folklore; PyTorch ConstantLR with factor 1, Transformers get_constant_schedule.",
  },
  example: { kind: "constant", rate: 0.1 },
  bind: (params, context) => openLoop(resolveRates(params.rate, context).map((rate) => () => rate)),
};
