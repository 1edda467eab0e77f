/** Texts as rows of word numbers: 0 is padding at the end, 1 a word outside the vocabulary, then the most frequent words. */
const firstWord = 2;

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

/** Returns the numbers of the most frequent words; at most `size` tokens with the two special ones. */
export function vocabularyOf(texts: Iterable<string>, size: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return new Map(ordered.slice(0, size - firstWord).map(([word], i) => [word, i + firstWord]));
}

/** Returns texts × length tokens: the first `length` words of each. */
export function tokensOf(
  texts: readonly string[],
  vocabulary: ReadonlyMap<string, number>,
  length: number,
): Float32Array {
  const tokens = new Float32Array(texts.length * length);
  texts.forEach((text, row) => {
    wordsOf(text)
      .slice(0, length)
      .forEach((word, i) => (tokens[row * length + i] = vocabulary.get(word) ?? 1));
  });
  return tokens;
}

/** Distinct tokens of a vocabulary, the special ones included. */
export const tokenCount = (vocabulary: ReadonlyMap<string, number>): number => vocabulary.size + firstWord;
