import { useMemo, useState } from "react";
import { ChartStack } from "../chart/chart-stack.tsx";
import type { Plot, Range, Signal } from "../chart/types.ts";
import { formatNumber } from "../format/number.ts";
import { type Preview, previewOf } from "../schedule/preview.ts";
import { type Draft, scheduleOf, stepsOf } from "./draft.ts";

/** Length that stands for a run whose steps depend on the data. */
const usualSteps = 1000;
/** Longer previews would hold up typing. */
const longestPreview = 2_000_000;
const previewWidth = 1500;

/** Nothing arrives here from outside: a change of the form renders anew. */
const still: Signal = { subscribe: () => () => undefined };

/** The curve of the schedule in the form, redrawn as fields change, with its warnings. */
export function SchedulePreview({ draft }: { readonly draft: Draft }) {
  const [zoom, setZoom] = useState<Range>();
  const steps = stepsOf(draft);
  const length = Math.min(steps ?? usualSteps, longestPreview);
  const wanted = JSON.stringify(draft["schedule"]);
  const preview = useMemo((): Preview | Error | undefined => {
    const schedule = scheduleOf({ schedule: JSON.parse(wanted ?? "null") });
    if (!schedule) return undefined;
    try {
      return previewOf(schedule, length, previewWidth);
    } catch (error) {
      if (error instanceof RangeError) return error;
      throw error;
    }
  }, [wanted, length]);
  return (
    <section className="panel stack" aria-label="Preview of the schedule">
      {preview === undefined ? (
        <p className="muted">The curve appears when the schedule&apos;s fields are valid.</p>
      ) : preview instanceof Error ? (
        <p className="bad">{preview.message}</p>
      ) : (
        <>
          <PreviewChart preview={preview} length={length} zoom={zoom} onZoom={setZoom} />
          <p className="muted">
            Starts at {formatNumber(preview.firstRate)}
            {preview.range &&
              `, stays between ${formatNumber(preview.range.min)} and ${formatNumber(preview.range.max)}`}
            .{steps === undefined && ` Drawn for ${usualSteps} steps; epochs are known once the data is.`}
          </p>
          {preview.warnings.length > 0 && (
            <div className="notice warn-notice" role="status">
              {preview.warnings.map((warning) => (
                <span key={warning}>{warning}</span>
              ))}
            </div>
          )}
        </>
      )}
    </section>
  );
}

interface ChartProps {
  readonly preview: Preview;
  readonly length: number;
  readonly zoom: Range | undefined;
  readonly onZoom: (range: Range | undefined) => void;
}

function PreviewChart({ preview, length, zoom, onZoom }: ChartProps) {
  const { curve } = preview;
  const plots = useMemo(
    (): Plot[] =>
      curve === undefined
        ? []
        : [
            {
              id: "preview",
              title: "Learning rate",
              height: "tall",
              scale: "linear",
              traces: [{ id: "rate", label: "planned", colour: "var(--series-3)", look: "band", curve: () => curve }],
            },
          ],
    [curve],
  );
  if (curve === undefined) {
    return <p>This schedule reacts to the training: its curve is known only while a run goes on.</p>;
  }
  return (
    <ChartStack
      label="Planned learning rate by step"
      plots={plots}
      xLabel="step"
      signal={still}
      whole={() => [0, Math.max(1, length - 1)]}
      zoom={zoom}
      onZoom={onZoom}
    />
  );
}
