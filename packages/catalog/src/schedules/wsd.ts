import { z } from "zod";
import { Tail, Warmup } from "../combinators.ts";
import type { Schedule } from "../schedule.ts";
import { rate, resolveRates, parameters } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("wsd"),
  rate: rate(),
  warmup: Warmup.default({ fraction: 0.05, shape: "linear", from: 0 }),
  tail: Tail.default({ fraction: 0.2, shape: "1-sqrt" }),
}).meta({ id: "WsdSchedule" });

export const wsd: Schedule<typeof params> = {
  kind: "wsd",
  params,
  doc: {
    title: "Warmup, stable, decay",
    summary: "Rises to the peak, stays there, and cools down at the end; a constant with a warmup and a tail.",
    formula: "η(t) = rate · w(t) while t < tail start, then rate · (to + (1 − to)(1 − √u)), u = (t − start) / length",
    when: "The best fixed schedule of our pilot, and the one to take when the length of the run may still change.",
    source: "MiniCPM, arXiv:2404.06395; Hägele et al., arXiv:2405.18392; Transformers get_wsd_schedule.",
  },
  example: { kind: "wsd", rate: 0.1, warmup: { fraction: 0.1 }, tail: { fraction: 0.2 } },
  bind: ({ rate }, context) => openLoop(resolveRates(rate, context).map((rate) => () => rate)),
};
