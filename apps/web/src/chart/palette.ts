/** Colours of runs: eight hues that colour-vision deficiencies keep apart, each with a dash pattern of its own. */

const paletteSize = 8;

/** A line's look. `slot` says which of the eight hues; `dash` is a canvas dash pattern in CSS pixels. */
export interface LineStyle {
  readonly slot: number;
  /** A CSS colour that follows the theme. */
  readonly colour: string;
  readonly dash: readonly number[];
}

const dashes: readonly (readonly number[])[] = [
  [],
  [8, 3],
  [2, 3],
  [10, 3, 2, 3],
  [5, 3],
  [12, 4],
  [4, 2, 1, 2],
  [1, 2],
];

/** The style of a slot. Past eight the hues repeat with the next dash, so that no two of 64 lines look the same. */
export function styleOfSlot(slot: number): LineStyle {
  const hue = slot % paletteSize;
  const turn = Math.floor(slot / paletteSize);
  return { slot, colour: `var(--series-${hue + 1})`, dash: dashes[(hue + turn) % dashes.length]! };
}

/** FNV-1a over the id: the slot that a run has whenever nobody else claims it. */
export function preferredSlot(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
  return hash % paletteSize;
}

/**
 * Styles for runs shown together, in the order given. Each gets the slot it has everywhere, unless an earlier one holds
 * it; then the next free one.
 */
export function assignStyles(ids: readonly string[]): Map<string, LineStyle> {
  const taken = new Set<number>();
  const styles = new Map<string, LineStyle>();
  for (const id of ids) {
    if (styles.has(id)) continue;
    const turn = Math.floor(styles.size / paletteSize) * paletteSize;
    let hue = preferredSlot(id);
    while (taken.has(turn + hue)) hue = (hue + 1) % paletteSize;
    taken.add(turn + hue);
    styles.set(id, styleOfSlot(turn + hue));
  }
  return styles;
}
