import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);

/** Relative luminance of an sRGB colour (WCAG 2.2). */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const grounds = ["ground", "surface", "raised", "hover"];
const words: [ink: string, on: string[]][] = [
  ["text", [...grounds, "accent-wash", "bad-wash", "warn-wash"]],
  ["muted", grounds],
  ["accent", ["ground", "surface", "hover", "accent-wash"]],
  ["good", ["ground", "surface", "hover", "accent-wash"]],
  ["warn", ["ground", "surface", "hover"]],
  ["bad", ["ground", "surface", "hover", "accent-wash"]],
  ["accent-ink", ["accent"]],
];

describe.each(["light", "dark"] as const)("%s theme", (theme) => {
  it.each(words.flatMap(([ink, on]) => on.map((ground) => [ink, ground])))("%s is readable on %s", (ink, ground) => {
    expect(contrast(tokens.get(ink!)![theme], tokens.get(ground!)![theme])).toBeGreaterThanOrEqual(4.5);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("series %i stands out on charts", (series) => {
    expect(contrast(tokens.get(`series-${series}`)![theme], tokens.get("surface")![theme])).toBeGreaterThanOrEqual(3);
  });
});
