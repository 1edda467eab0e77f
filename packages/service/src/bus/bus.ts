/** A message of the bus: a header, and a frame that only Redis carries. */
export interface BusMessage {
  header: string;
  frame?: Uint8Array;
}

/**
 * Rings between processes. Advisory: a message may be lost, never blocks or fails its publisher, and carries nothing
 * that is not in Postgres. On Postgres the frame is always left out and a header above 7900 bytes is dropped.
 */
export interface Bus {
  readonly kind: "redis" | "postgres";
  publish(channel: string, message: BusMessage): void;
  /** Calls `listener` for every message on `channel`. Resolves once messages arrive, or at once while the bus is away. */
  subscribe(channel: string, listener: (message: BusMessage) => void): Promise<() => void>;
  /** Calls `listener` whenever subscriptions stand again after a loss: what was published meanwhile is missing. */
  onReconnect(listener: () => void): () => void;
  close(): Promise<void>;
}

/** How many messages may be under way before further ones are dropped. */
export const maxInFlight = 1000;
