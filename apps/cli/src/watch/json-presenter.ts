import { toJsonNumbers } from "@etude/contracts";
import type { LiveEvent } from "@etude/sdk";
import type { Context } from "../context.ts";
import type { Presenter } from "./presenter.ts";

/** Prints each event as one line of JSON, in the form that the socket's JSON frames have. */
export function jsonPresenter({ printJson }: Pick<Context, "printJson">): Presenter {
  return {
    changed(_, event) {
      if (event !== undefined) printJson(plain(event));
    },
    end() {
      // The last line is the last event: run-changed with the run as it ended, or its last points.
    },
  };
}

/** Columns as lists; NaN and ±Infinity as the strings that stand for them. */
const plain = (event: LiveEvent): unknown =>
  JSON.parse(
    JSON.stringify(event, (_, value: unknown) => (value instanceof Float64Array ? toJsonNumbers(value) : value)),
  );
