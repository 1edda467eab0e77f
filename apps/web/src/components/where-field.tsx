import { EtudeError } from "@etude/sdk";
import { type SubmitEvent, useId, useState } from "react";

interface Props {
  readonly where: string | undefined;
  readonly error: Error | null;
  /** Undefined: filter in the simple way again. */
  readonly onWhere: (where: string | undefined) => void;
}

/** True for an error that the field itself shows. */
export const isWhereFault = (error: Error): boolean =>
  error instanceof EtudeError && error.errors.some(({ path }) => path === "query");

/** Filters runs by a text in the query language; a mistake is shown under its column. */
export function WhereField({ where, error, onWhere }: Props) {
  if (where === undefined) {
    return (
      <button
        type="button"
        className="quiet"
        title="Filter by specs, summaries and curves"
        onClick={() => onWhere(start)}
      >
        Query
      </button>
    );
  }
  return <Field key={where} where={where} error={error} onWhere={onWhere} />;
}

const start = "status = 'completed'";

function Field({ where, error, onWhere }: Omit<Props, "where"> & { readonly where: string }) {
  const [text, setText] = useState(where);
  const id = useId();
  const fault = error instanceof EtudeError ? error.errors.find(({ path }) => path === "query") : undefined;
  const column = Number(fault?.message.match(/column (\d+)/)?.[1] ?? 0);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    onWhere(text.trim() === "" ? undefined : text.trim());
  };
  return (
    <form className="where" onSubmit={onSubmit}>
      <div className="row">
        <input
          id={id}
          aria-label="Where"
          className="mono"
          value={text}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={fault ? true : undefined}
          aria-describedby={fault ? `${id}-fault` : undefined}
          placeholder="schedule.kind = 'greedy' and last('train/loss') < 0.3"
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit">Find</button>
        <button type="button" className="quiet" onClick={() => onWhere(undefined)}>
          Simple filters
        </button>
      </div>
      {fault && (
        <p id={`${id}-fault`} className="bad" role="alert">
          {column > 0 && text === where && <code className="caret">{`${" ".repeat(column - 1)}^`}</code>}
          {fault.message}
        </p>
      )}
    </form>
  );
}
