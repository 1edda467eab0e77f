import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { above, parameters, rule, word } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("replay"),
  run: z
    .string(rule("the id of a run"))
    .min(1, rule("the id of a run"))
    .max(100, rule("the id of a run"))
    .describe("The run whose applied learning rate is used again."),
  curveHash: z
    .string(rule("a SHA-256 in hexadecimal"))
    .regex(/^[0-9a-f]{64}$/, rule("a SHA-256 in hexadecimal"))
    .optional()
    .describe("SHA-256 of the recorded curve; filled in when the run is submitted."),
  scale: above(0, 1e6).default(1).describe("What every recorded rate is multiplied by."),
  fit: word(["steps", "stretch"])
    .default("steps")
    .describe("steps: step t uses the recorded step t, the last one after the end; stretch: over the whole run."),
}).meta({ id: "ReplaySchedule" });

export const replay: Schedule<typeof params> = {
  kind: "replay",
  params,
  doc: {
    title: "Replay",
    summary: "Uses the learning-rate curve that another run really applied.",
    formula: "η(t) = scale · recorded(t), or recorded(t · (n − 1) / (T − 1)) when stretched",
    when: "To ask whether an adaptive schedule's curve was good, or merely good for its own run.",
    source: "Etude.",
  },
  example: { kind: "replay", run: "01890a5d-ac96-774b-bcce-b302099a8057" },
  bind: ({ run, scale, fit }, context) => {
    const { curves = {}, horizon } = context;
    const curve = Object.hasOwn(curves, run) ? curves[run] : undefined;
    if (!curve || curve.length === 0) throw new RangeError(`replay needs the recorded learning rate of run ${run}`);
    const last = curve.length - 1;
    if (fit === "steps") return openLoop([(step) => scale * curve[Math.min(step, last)]!]);
    const ratio = horizon > 1 ? last / (horizon - 1) : 0;
    return openLoop([
      (step) => {
        const place = Math.min(step * ratio, last);
        const from = Math.floor(place);
        const rate = curve[from]!;
        return scale * (rate + (curve[Math.min(from + 1, last)]! - rate) * (place - from));
      },
    ]);
  },
};
