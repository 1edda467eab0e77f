/** Curves as SVG, small and the same on every machine. */

const size = { width: 640, height: 260, left: 64, right: 16, top: 16, bottom: 36 };
const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
const colours = ["#0b7a75", "#b4581c", "#5b5bd6", "#8a8d91"];

export interface Line {
  readonly name: string;
  readonly rates: readonly number[];
}

/** Returns 1, 2 or 5 times a power of ten: about a quarter of `top`. */
function tick(top: number): number {
  const power = 10 ** Math.floor(Math.log10(top / 4));
  return power * ([1, 2, 5].findLast((unit) => unit * power <= top / 4) ?? 1);
}

const label = (value: number): string => Number(value.toPrecision(6)).toString();

/** Returns the drawing of one curve or several over the same steps; the rate of a step holds until the next. */
export function drawCurve(title: string, lines: readonly Line[]): string {
  const steps = lines[0]!.rates.length;
  const top = Math.max(...lines.flatMap(({ rates }) => rates)) * 1.05 || 1;
  const x = (step: number): string => (size.left + (step / steps) * inner.width).toFixed(1);
  const y = (rate: number): string => (size.top + (1 - rate / top) * inner.height).toFixed(1);
  const gap = tick(top);
  const marks = Array.from({ length: Math.floor(top / gap) + 1 }, (_, index) => index * gap);
  const grid = marks.flatMap((value) => [
    `<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${y(value)}" y2="${y(value)}"/>`,
    `<text x="${size.left - 8}" y="${y(value)}" dy="4" text-anchor="end">${label(value)}</text>`,
  ]);
  const axis = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${x(part * steps)}" y="${size.height - 14}" text-anchor="middle">${Math.round(part * steps)}</text>`,
  );
  const curves = lines.map(({ rates }, index) => {
    const path = rates.map((rate, step) => `${step === 0 ? "M" : "L"}${x(step)},${y(rate)}H${x(step + 1)}`).join("");
    return `<path fill="none" stroke="${colours[index]}" stroke-width="2" d="${path}"/>`;
  });
  const key = lines.length > 1 ? lines : [];
  const names = key.map(
    ({ name }, index) =>
      `<text x="${size.width - size.right - 8}" y="${size.top + 16 + 18 * index}" text-anchor="end" style="fill:${colours[index]}">${name}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${title}: learning rate over the steps">`,
    "<style>text{font:12px system-ui,sans-serif;fill:#5f6368}.grid{stroke:#8a8d91;stroke-opacity:.3}@media(prefers-color-scheme:dark){text{fill:#b8bcc2}}</style>",
    ...grid,
    ...axis,
    ...curves,
    ...names,
    "</svg>",
    "",
  ].join("\n");
}
