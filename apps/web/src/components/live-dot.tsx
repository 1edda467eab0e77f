import { useLine } from "../live/latency.ts";

/** The state of the line to the server with its measured round trip. */
export function LiveDot() {
  const { state, roundTripMs } = useLine();
  const text =
    state === "open" && roundTripMs !== undefined
      ? `live ${Math.max(1, Math.round(roundTripMs))} ms`
      : state === "closed"
        ? "offline"
        : "connecting";
  return (
    <span className="live" role="status" title="Time of a message to the server and back">
      <i className={`dot ${state}`} aria-hidden="true" />
      {text}
    </span>
  );
}
