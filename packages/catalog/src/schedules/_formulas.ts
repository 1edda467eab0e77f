/** Closed formulas at the speed of a preview: a million steps in tens of milliseconds. */

/** Returns the function with its last answer remembered; for values that change at few steps. */
export function remembered(of: (argument: number) => number): (argument: number) => number {
  let argument = Number.NaN;
  let answer = Number.NaN;
  return (given) => {
    if (given !== argument) {
      argument = given;
      answer = of(given);
    }
    return answer;
  };
}

/** Returns x ↦ base^x; through the exponential, which is several times faster, where the base allows it. */
export function powersOf(base: number): (exponent: number) => number {
  if (!(base > 0)) return (exponent) => base ** exponent;
  const logarithm = Math.log(base);
  return (exponent) => Math.exp(exponent * logarithm);
}
