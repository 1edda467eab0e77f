/** Times and lengths of time as people read them. The present moment is always an argument. */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time in seconds, two units at most: 0.4 s, 12 s, 3 min 5 s, 2 h 10 min, 4 d 2 h. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 10) return `${seconds < 0.05 ? "0" : trim(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < minute) return `${whole} s`;
  if (whole < hour) return pair(whole, minute, "min", 1, "s");
  if (whole < day) return pair(whole, hour, "h", minute, "min");
  return pair(whole, day, "d", hour, "h");
}

/** How long ago a moment was, in one unit: now, 42 s, 5 min, 3 h, 12 d. Moments ahead (clocks differ) are "now". */
export function formatAge(instant: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(instant)) / 1000);
  if (Number.isNaN(seconds)) return "–";
  if (seconds < 5) return "now";
  if (seconds < minute) return `${seconds} s`;
  if (seconds < hour) return `${Math.floor(seconds / minute)} min`;
  if (seconds < day) return `${Math.floor(seconds / hour)} h`;
  return `${Math.floor(seconds / day)} d`;
}

/** A moment in full, in the reader's own time zone, for a title attribute. */
export const formatInstant = (instant: string): string => new Date(instant).toLocaleString("en-GB");

/** Seconds left of a run at its present pace, or undefined while the pace is unknown. */
export function secondsLeft(step: number, horizon: number | null, stepsPerSecond: number): number | undefined {
  if (horizon === null || !(stepsPerSecond > 0)) return undefined;
  return Math.max(0, horizon - step) / stepsPerSecond;
}

function pair(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const rounded = Math.round(seconds / small) * small;
  const first = Math.floor(rounded / big);
  const rest = Math.round((rounded % big) / small);
  return rest === 0 ? `${first} ${bigName}` : `${first} ${bigName} ${rest} ${smallName}`;
}

const trim = (text: string): string => text.replace(/\.0$/, "");
