import { doubtOf, lawParameters, type LawReport, relianceOf, reportLaw } from "@etude/learning/law";
import { formatTable } from "../format/table.ts";
import type { Style } from "../format/style.ts";
import type { Register } from "../program.ts";
import { type LawInputs, readCurves, refusing, withLawOptions } from "./law-inputs.ts";

const notes = `
Example:
  etude law fit --train cosine.csv constant.csv two-step.csv --test wsd.csv --json

Fits the Multi-Power Law (arXiv 2503.12811) and, as a control, a power law that does not know of the rate. Between rows
the rate is interpolated. The error of a curve is the mean over its rows of |prediction - loss| / loss; NewRows leaves
out rows that a training file holds too. Compare predictions, never parameters: single parameters are often not
identified, which their intervals tell.`;

export const lawFitCommand: Register = (program, context) => {
  withLawOptions(program.command("fit"))
    .summary("fit a loss law to curves and judge it on others")
    .description("Fit a law of the loss to recorded curves and say how well it predicts others.")
    .addHelpText("after", notes)
    .action(async (inputs: LawInputs, command) => {
      const { io, json, style, print, printJson } = context(command);
      const start = performance.now();
      const { train, test } = await readCurves(inputs, io);
      const { report, law } = refusing(() => reportLaw(train, test, inputs));
      const seconds = (performance.now() - start) / 1000;
      const { parameters, intervals, train: trainError, test: testError, control } = report;
      if (json) {
        printJson({ parameters, intervals, train: trainError, test: testError, control, seconds });
        return;
      }
      print(describe(report, style));
      if (inputs.warmup === "fit") print(`Warmup found: ${law.warmup} steps.`);
      const doubt = doubtOf(relianceOf(report, [...train, ...test]));
      print(
        doubt
          ? `${doubt}: not to be used for advice.`
          : "It errs by less than the spread of seeds and than the blind law: good for advice.",
      );
    });
};

const percent = (value: number | null): string => (value === null ? "" : `${(100 * value).toFixed(3)} %`);

function describe({ parameters, intervals, train, test, control }: LawReport, style: Style): string {
  const fitted = formatTable(
    [
      { title: "parameter" },
      { title: "value", align: "right" },
      { title: "low", align: "right" },
      { title: "high", align: "right" },
      { title: "" },
    ],
    lawParameters.map((name) => {
      const { low, high, identified } = intervals[name];
      const numbers = [parameters[name], low, high].map((value) => value.toPrecision(4));
      return [name, ...numbers, identified ? "" : style.dim("not identified")];
    }),
    style,
  );
  const curves = test?.curves ?? [];
  const rows = [
    ["fitted curves", "", percent(train.meanRelativeError), percent(control.train.meanRelativeError), "", ""],
    ...curves.map(({ file, rows, meanRelativeError, lastRowError }, i) => [
      file,
      String(rows),
      percent(meanRelativeError),
      percent(control.test!.curves[i]!.meanRelativeError),
      percent(lastRowError),
      percent(control.test!.curves[i]!.lastRowError),
    ]),
  ];
  if (test && control.test) {
    rows.push(
      [
        "test curves",
        "",
        percent(test.meanRelativeError),
        percent(control.test.meanRelativeError),
        percent(test.lastRowError),
        percent(control.test.lastRowError),
      ],
      [
        "new rows of them",
        "",
        percent(test.meanRelativeErrorNewRows),
        percent(control.test.meanRelativeErrorNewRows),
        "",
        "",
      ],
    );
  }
  const errors = formatTable(
    [
      { title: "relative error" },
      { title: "rows", align: "right" },
      { title: "law", align: "right" },
      { title: "blind", align: "right" },
      { title: "law, last row", align: "right" },
      { title: "blind, last row", align: "right" },
    ],
    rows,
    style,
  );
  return `${fitted}\n${errors}`;
}
