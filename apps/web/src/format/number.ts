/** Numbers as people read them. Every function is pure and locale-free, so that a screenshot looks the same anywhere. */

/** Thin no-break space between groups of digits. */
const gap = "\u202f";

/** Four significant digits; scientific below 1e-4 and from 1e6; NaN and ∞ by name. `null` and `undefined` become "–". */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) {
    const [mantissa = "", exponent = ""] = value.toExponential(3).split("e");
    return sign(`${trimZeros(mantissa)}e${exponent.replace("+", "")}`);
  }
  if (size >= 1000) return formatInteger(value);
  return sign(trimZeros(value.toPrecision(4)));
}

/** A whole number with its digits in groups of three: 1 840. */
export function formatInteger(value: number): string {
  const digits = Math.abs(Math.round(value)).toString();
  const grouped = digits.length < 4 ? digits : digits.replaceAll(/\B(?=(\d{3})+$)/g, gap);
  return value < 0 ? `−${grouped}` : grouped;
}

const units = ["", "k", "M", "G", "T"] as const;

/** A count with an SI prefix and three significant digits: 12.3k, 4.56M. Below 10 000 it is written out. */
export function formatCount(value: number): string {
  if (Math.abs(value) < 10_000) return formatInteger(value);
  let scaled = value;
  let unit = 0;
  // 999.5 would round to four digits, so it already belongs to the next prefix.
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return sign(`${trimZeros(scaled.toPrecision(3))}${units[unit]}`);
}

/** A number of bytes: 312 B, 14.1 kB, 2.5 MB. */
export function formatBytes(bytes: number): string {
  const size = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${trimZeros((bytes / 1000 ** size).toPrecision(3))}${gap}${["B", "kB", "MB", "GB"][size]}`;
}

/** The marks of an axis, all written alike: in millions or thousands where every one is a whole number of them. */
export function formatTicks(ticks: readonly number[]): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  for (const [unit, size] of [
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (largest >= 10 * size && ticks.every((tick) => tick % size === 0)) {
      return ticks.map((tick) => (tick === 0 ? "0" : `${formatInteger(tick / size)}${unit}`));
    }
  }
  return ticks.map((tick) => (Number.isInteger(tick) ? formatInteger(tick) : formatNumber(tick)));
}

/** A fraction between 0 and 1 as a percentage with one decimal place: 97.4 %. */
export function formatPercent(fraction: number | null | undefined): string {
  if (fraction === null || fraction === undefined || Number.isNaN(fraction)) return "–";
  return `${(fraction * 100).toFixed(1)}${gap}%`;
}

/** A difference with its sign: +0.012, −0.3. Zero is "±0". */
export function formatDelta(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "±0";
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/** A number as JSON carries it (`"NaN"`, `"Infinity"`) as a number; absent stays undefined. */
export const fromJson = (value: number | string | null | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

const trimZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
const sign = (text: string): string => text.replaceAll("-", "−");
