import type { StudyReport } from "@etude/learning";
import { formatPercent } from "../format/number.ts";
import { titlesOf } from "./read-report.ts";

type Claim = StudyReport["claims"][number];

/** Each claim of the plan in one sentence with its interval, and whether it holds. */
export function Claims({ report }: { readonly report: StudyReport }) {
  const titleOf = titlesOf(report);
  if (report.claims.length === 0) return null;
  const texts = [...new Map(report.claims.map(({ claim, text }) => [claim, text]))];
  return (
    <section className="panel stack" aria-labelledby="claims">
      <h2 id="claims">Claims</h2>
      {texts.map(([id, text]) => (
        <div key={id} className="claim">
          <p>{text}</p>
          <ul>
            {report.claims
              .filter(({ claim }) => claim === id)
              .map((claim) => (
                <li key={`${claim.rates} ${claim.candidate}`}>
                  <Outcome claim={claim} title={titleOf(claim.candidate)} />
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Outcome({ claim, title }: { readonly claim: Claim; readonly title: string }) {
  const [low, high] = claim.interval;
  return (
    <>
      <strong className={claim.holds ? "good" : "bad"}>{claim.holds ? "holds" : "does not hold"}</strong> for {title},{" "}
      {claim.rates}: {formatPercent(claim.wanted)}{" "}
      <span className="muted">
        ({formatPercent(low)} to {formatPercent(high)}) of {claim.comparisons} comparisons in {claim.families} families,
        where more than {formatPercent(claim.above)} is needed
      </span>
    </>
  );
}
