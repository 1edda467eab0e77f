import { bindSchedule } from "../bind-schedule.ts";
import { type Curve, isOpenLoop } from "../schedules/_open-loop.ts";
import type { Converted } from "./foreign.ts";

/** Returns the raw formula of a conversion, which may turn negative as the library's does; null for one that reacts. */
export function curveOf({ spec, curve }: Converted): Curve | null {
  if (curve) return curve;
  if (!spec) return null;
  const bound = bindSchedule(spec, { horizon: 1, groups: ["all"], stepsPerEpoch: 1 });
  return isOpenLoop(bound) ? bound.curves[0] : null;
}
