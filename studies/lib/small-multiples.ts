export interface Line {
  readonly name: string;
  /** [x, y] with x > 0; a y that is not finite is left out and marked at the top. */
  readonly points: readonly (readonly [number, number])[];
}
export interface Panel {
  readonly title: string;
  /** Whether y has a logarithmic axis. */
  readonly log: boolean;
  readonly lines: readonly Line[];
}

const size = { width: 300, height: 180, left: 52, right: 12, top: 28, bottom: 30 };
const colours = ["#0f766e", "#b45309", "#7c3aed", "#be123c"];
const dashes = ["", "6 3", "2 3", "8 3 2 3"];
const number = (value: number): string => String(+value.toPrecision(3));

function drawPanel({ title, log, lines }: Panel, originX: number, originY: number): string {
  const all = lines.flatMap(({ points }) => points);
  const finite = all.filter(([, y]) => Number.isFinite(y) && (!log || y > 0));
  const xs = all.map(([x]) => x);
  const transform = log ? Math.log10 : (value: number) => value;
  const logs = log ? finite.map(([, y]) => transform(y)) : [0, 1];
  // A single value gets an axis around it.
  const margin = Math.max(...logs) - Math.min(...logs) < 1e-6 ? 0.15 : 0;
  const low = Math.min(...logs) - margin;
  const high = Math.max(...logs) + margin;
  const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
  const [xLow, xHigh] = [Math.log10(Math.min(...xs)), Math.log10(Math.max(...xs))];
  const px = (x: number): number =>
    +(originX + size.left + ((Math.log10(x) - xLow) / (xHigh - xLow)) * inner.width).toFixed(1);
  const py = (y: number): number =>
    +(originY + size.top + (1 - (transform(y) - low) / (high - low)) * inner.height).toFixed(1);
  const frame = `<rect x="${originX + size.left}" y="${originY + size.top}" width="${inner.width}" height="${inner.height}" fill="none" stroke="#94a3b8"/>`;
  const bound = `<line x1="${px(1)}" x2="${px(1)}" y1="${originY + size.top}" y2="${originY + size.top + inner.height}" stroke="#94a3b8" stroke-dasharray="3 3"/>`;
  const ticksY = [low, (low + high) / 2, high].map((at) => {
    const y = +(originY + size.top + (1 - (at - low) / (high - low)) * inner.height).toFixed(1);
    return `<text x="${originX + size.left - 5}" y="${y + 3}" text-anchor="end">${number(log ? 10 ** at : at)}</text>`;
  });
  const ticksX = [0.01, 0.1, 1, 4].map(
    (x) => `<text x="${px(x)}" y="${originY + size.height - 14}" text-anchor="middle">${x}</text>`,
  );
  const drawn = lines.map(({ points }, i) => {
    const here = points.filter(([, y]) => Number.isFinite(y) && (!log || y > 0));
    const missing = points.filter(([, y]) => !Number.isFinite(y));
    const path = here.map(([x, y]) => `${px(x)},${py(y)}`).join(" ");
    const marks = missing.map(
      ([x]) =>
        `<text x="${px(x)}" y="${originY + size.top + 10 + 9 * i}" text-anchor="middle" fill="${colours[i]}">×</text>`,
    );
    return `<polyline points="${path}" fill="none" stroke="${colours[i]}" stroke-width="1.5" stroke-dasharray="${dashes[i]}"/>${marks.join("")}`;
  });
  return [
    `<text x="${originX + size.left}" y="${originY + 18}" font-weight="600">${title}</text>`,
    frame,
    bound,
    ...ticksY,
    ...ticksX,
    ...drawn,
  ].join("\n");
}

/** Panels in a grid as one SVG, all over the same logarithmic x, with a legend below. */
export function smallMultiples({
  title,
  columns,
  panels,
}: {
  readonly title: string;
  readonly columns: number;
  readonly panels: readonly Panel[];
}): string {
  const width = columns * size.width;
  const rows = Math.ceil(panels.length / columns);
  const height = 34 + rows * size.height + 30;
  const body = panels.map((panel, i) =>
    drawPanel(panel, (i % columns) * size.width, 34 + Math.floor(i / columns) * size.height),
  );
  const legend = (panels[0]?.lines ?? []).map(
    ({ name }, i) =>
      `<line x1="${52 + 150 * i}" x2="${80 + 150 * i}" y1="${height - 14}" y2="${height - 14}" stroke="${colours[i]}" stroke-width="1.5" stroke-dasharray="${dashes[i]}"/><text x="${86 + 150 * i}" y="${height - 10}">${name}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="#334155">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="12" y="20" font-size="14" font-weight="600">${title}</text>`,
    ...body,
    ...legend,
    `<text x="${width - 12}" y="${height - 10}" text-anchor="end">× never reached or diverged · dashed: the bound</text>`,
    "</svg>",
    "",
  ].join("\n");
}
