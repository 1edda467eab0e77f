import type { ScheduleSpec } from "@etude/catalog";
import { outlineHeight, outlineOf, outlineWidth } from "./outline.ts";

interface Props {
  /** Absent: nobody said which; nothing is drawn. */
  readonly schedule: ScheduleSpec | undefined;
  readonly horizon: number | null;
}

/** A schedule's shape at a glance; dashed when it depends on the training. */
export function ScheduleThumb({ schedule, horizon }: Props) {
  if (!schedule) return null;
  const outline = outlineOf(schedule, horizon);
  const title = outline?.reactive ? "Reacts to the training" : "Planned learning rate";
  return (
    <svg className="thumb" viewBox={`0 0 ${outlineWidth} ${outlineHeight}`} role="img" aria-label={title}>
      <title>{title}</title>
      {outline && (
        <path
          d={outline.path}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinejoin="round"
          strokeDasharray={outline.reactive ? "3 3" : undefined}
        />
      )}
    </svg>
  );
}
