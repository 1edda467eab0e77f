/** Bits of the eight dots of a braille character, by row and column within it (Unicode 2800 ff.). */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A canvas of 2 × 4 dots a character; each character shows the colour of the layer drawn on it last. */
export class BrailleCanvas {
  readonly columns: number;
  readonly rows: number;
  readonly #dots: Uint8Array;
  readonly #layers: Uint8Array;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#dots = new Uint8Array(columns * rows);
    this.#layers = new Uint8Array(columns * rows);
  }

  /** Size in dots. */
  get width(): number {
    return this.columns * 2;
  }
  get height(): number {
    return this.rows * 4;
  }

  /** Sets the dot at x from the left and y from the top; dots outside are left out. */
  set(x: number, y: number, layer: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const cell = (y >> 2) * this.columns + (x >> 1);
    const bit = bits[(y & 3) as 0 | 1 | 2 | 3][(x & 1) as 0 | 1];
    this.#dots[cell] = (this.#dots[cell] as number) | bit;
    this.#layers[cell] = layer;
  }

  /** Draws a straight line between two dots, both included (Bresenham). */
  line(x0: number, y0: number, x1: number, y1: number, layer: number): void {
    const dx = Math.abs(x1 - x0);
    const dy = -Math.abs(y1 - y0);
    const stepX = x0 < x1 ? 1 : -1;
    const stepY = y0 < y1 ? 1 : -1;
    let [x, y, error] = [x0, y0, dx + dy];
    for (;;) {
      this.set(x, y, layer);
      if (x === x1 && y === y1) return;
      const twice = 2 * error;
      if (twice >= dy) {
        error += dy;
        x += stepX;
      }
      if (twice <= dx) {
        error += dx;
        y += stepY;
      }
    }
  }

  /** The text of a row; `paint` colours a stretch of one layer. */
  row(index: number, paint: (text: string, layer: number) => string): string {
    let text = "";
    let stretch = "";
    let layer = 0;
    const flush = (): void => {
      text += stretch.trim() === "" ? stretch : paint(stretch, layer);
      stretch = "";
    };
    for (let column = 0; column < this.columns; column += 1) {
      const cell = index * this.columns + column;
      const dots = this.#dots[cell] as number;
      if (dots !== 0 && this.#layers[cell] !== layer) {
        flush();
        layer = this.#layers[cell] as number;
      }
      stretch += dots === 0 ? " " : String.fromCodePoint(0x2800 + dots);
    }
    flush();
    return text;
  }
}
