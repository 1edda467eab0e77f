/** The part of jStat that is used here; the library ships no types. */
declare module "jstat" {
  interface Distributions {
    readonly normal: {
      cdf(x: number, mean: number, deviation: number): number;
      inv(p: number, mean: number, deviation: number): number;
    };
    readonly chisquare: { cdf(x: number, degrees: number): number };
    /** The studentised range. */
    readonly tukey: { inv(p: number, means: number, degrees: number): number };
  }
  const library: { readonly jStat: Distributions };
  export default library;
}
