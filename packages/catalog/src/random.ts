/**
 * Randomness without a hidden state: every stream is a function of (seed, purpose, step), so a resumed run, a repeated
 * line-search trial and a second machine draw the same numbers.
 */

/** A stream of random numbers. */
export interface Random {
  /** The next integer in [0, 2³²). */
  uint32(): number;
  /** The next number in [0, 1), with 32 random bits. */
  uniform(): number;
  /** The next standard normal number (Box–Muller). */
  normal(): number;
}

/** murmur3's 32-bit finaliser: every input bit changes every output bit with probability near one half. */
const mix = (value: number): number => {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** FNV-1a of the purpose's name. */
const hashText = (text: string): number => {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
};

/**
 * Returns the stream for a seed, a purpose (such as "order" or "dropout/hidden-1") and a step: sfc32 (Doty-Humphrey,
 * PractRand), started from the mixed key.
 */
export function randomStream(seed: number, purpose: string, step = 0): Random {
  let a = mix(seed ^ 0x9e3779b9);
  let b = mix(hashText(purpose) + a);
  let c = mix((step >>> 0) + b) ^ Math.floor(step / 4_294_967_296);
  let counter = 1;
  const uint32 = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32();
  const uniform = (): number => uint32() / 4_294_967_296;
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uint32, uniform, normal };
}

/** Returns 0 … count − 1 in a random order (Fisher–Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
