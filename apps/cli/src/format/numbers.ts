/** Four significant digits, scientific below 1e-4 and from 1e7 on; no zeros that say nothing. */
export function formatNumber(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const number = Number(value);
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size < 1e-4 || size >= 1e7)
    return number
      .toExponential(3)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return String(Number(number.toPrecision(4)));
}

const prefixes = ["", "k", "M", "G", "T"];

/** A count in SI: 999, 12.35k, 1.2M. */
export function formatCount(count: number): string {
  let power = 0;
  let rest = count;
  while (Number(rest.toPrecision(4)) >= 1000 && power < prefixes.length - 1) {
    rest /= 1000;
    power += 1;
  }
  return `${Number(rest.toPrecision(4))}${prefixes[power]}`;
}

/** 412 ms, 8.4 s, 3 min 05 s, 1 h 02 min, 2 d 03 h. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${two(Math.floor((whole % 86_400) / 3600))} h`;
}

/** How long ago a moment was: "now", "12 s ago", "3 h ago". */
export function formatAgo(instant: string, now: number): string {
  const seconds = (now - Date.parse(instant)) / 1000;
  if (seconds < 2) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A share as a percentage without decimals; only what is whole is 100 %. */
export const formatPercent = (share: number): string => `${Math.floor(Math.min(1, Math.max(0, share)) * 100)}%`;
