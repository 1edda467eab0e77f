/** Messages in order of arrival, taken one by one or several at once. Closing it ends the reader after what is left. */
export class Mailbox<T> {
  #messages: T[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  post(message: T): void {
    if (this.#closed) return;
    this.#messages.push(message);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** All messages that wait, in order; waits for the first one. Empty when the box is closed and read out. */
  async takeAll(): Promise<T[]> {
    while (this.#messages.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }
}
