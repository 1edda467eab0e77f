import type { Logger } from "../logger.ts";
import type { BusMessage } from "./bus.ts";

type Listener = (message: BusMessage) => void;

/** The listeners of one process by channel. One that throws is logged and does not keep the others from hearing. */
export class Listeners {
  readonly #byChannel = new Map<string, Set<Listener>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  channels(): string[] {
    return [...this.#byChannel.keys()];
  }

  /** Adds a listener; the returned function removes it and tells whether it was the channel's last. */
  add(channel: string, listener: Listener): () => boolean {
    // Wrapped, so that the same function may listen twice.
    const entry: Listener = (message) => listener(message);
    const listeners = this.#byChannel.get(channel) ?? new Set();
    this.#byChannel.set(channel, listeners.add(entry));
    return () => {
      if (!listeners.delete(entry) || listeners.size > 0) return false;
      this.#byChannel.delete(channel);
      return true;
    };
  }

  emit(channel: string, message: BusMessage): void {
    for (const listener of this.#byChannel.get(channel) ?? []) this.#guard(() => listener(message), channel);
  }

  /** Calls each of `listeners`, logging what they throw. */
  notify(listeners: Iterable<() => void>): void {
    for (const listener of listeners) this.#guard(listener, "reconnect");
  }

  #guard(call: () => void, channel: string): void {
    try {
      call();
    } catch (error) {
      this.#logger.error({ err: error, channel }, "bus listener failed");
    }
  }
}
