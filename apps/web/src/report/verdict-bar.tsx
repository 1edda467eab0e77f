import { type Verdict, verdictNames, verdictOrder } from "./read-report.ts";

/** How many comparisons went which way, as a bar; in words for who cannot see it, and on hover. */
export function VerdictBar({ counts }: { readonly counts: Readonly<Record<Verdict, number>> }) {
  const words = verdictOrder.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${verdictNames[one]}`);
  return (
    <span className="verdict-bar" role="img" aria-label={words.join(", ")} title={words.join(", ")}>
      {verdictOrder.map(
        (one) => counts[one] > 0 && <i key={one} className={`verdict ${one}`} style={{ flexGrow: counts[one] }} />,
      )}
    </span>
  );
}
