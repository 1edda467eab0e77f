/** What several curves on one grid say together. All columns are as long as the grid. */
export interface Band {
  readonly mean: Float64Array;
  /** Sample standard deviation; NaN where fewer than two curves have a value. */
  readonly deviation: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Curves with a finite value there. */
  readonly count: Float64Array;
}

/** Returns the mean and the spread of curves that were brought onto one grid. Values that are not finite are left out. */
export function bandOf(curves: readonly ArrayLike<number>[]): Band {
  const length = curves[0]?.length ?? 0;
  if (curves.some((curve) => curve.length !== length)) {
    throw new RangeError(`curves must be of one length; got ${curves.map((curve) => curve.length).join(", ")}`);
  }
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(length).fill(Number.NaN);
  const band = { mean: column(), deviation: column(), min: column(), max: column(), count: new Float64Array(length) };
  for (let place = 0; place < length; place++) {
    const values = curves.map((curve) => curve[place]!).filter(Number.isFinite);
    band.count[place] = values.length;
    if (values.length === 0) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    band.mean[place] = mean;
    band.min[place] = Math.min(...values);
    band.max[place] = Math.max(...values);
    if (values.length > 1) band.deviation[place] = Math.sqrt(squares / (values.length - 1));
  }
  return band;
}
