/** The few marks that figures are made of. */

export const escape = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

interface TextOptions {
  readonly anchor?: "start" | "middle" | "end";
  readonly weight?: number;
  readonly size?: number;
}

export const text = (x: number, y: number, content: string, { anchor, weight, size }: TextOptions = {}): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${anchor ? ` text-anchor="${anchor}"` : ""}${weight ? ` font-weight="${weight}"` : ""}${size ? ` font-size="${size}"` : ""}>${escape(content)}</text>`;

export const line = (x1: number, y1: number, x2: number, y2: number, colour: string, width = 1): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colour}" stroke-width="${width}"/>`;

/** Returns a whole SVG on white, with a title that screen readers speak. */
export const document = (width: number, height: number, title: string, body: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="11" fill="#334155">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(14, 20, title, { size: 14, weight: 600 }),
    ...body,
    "</svg>",
    "",
  ].join("\n");
