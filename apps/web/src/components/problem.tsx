import { describeError } from "../api/problem.ts";

interface Props {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** An error with what to do about it. */
export function Problem({ error, onRetry }: Props) {
  const { title, detail, remedy, issues } = describeError(error);
  return (
    <div className="notice bad-notice" role="alert">
      <strong>{title}</strong>
      {detail !== "" && <span>{detail}</span>}
      {issues.length > 0 && (
        <ul>
          {issues.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path !== "" && <code>{path}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      <span className="muted">{remedy}</span>
      {onRetry && (
        <div>
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
