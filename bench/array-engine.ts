/**
 * How fast the array engine trains the problems of the suite: milliseconds of processor time a run, and runs a second,
 * of one process.
 *
 *   node --conditions=source --import tsx bench/array-engine.ts [part of a problem's id]
 */
import { type ScheduleInput, ScheduleSpec } from "@etude/catalog";
import { nmfHeldOut, mlpDigitsWidths, type Problem, suite, train } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";

const files = await readSuiteFiles();
const filter = process.argv[2] ?? "";
const problems = [...suite(files), ...mlpDigitsWidths(files), ...nmfHeldOut(files)].filter(({ id }) =>
  id.includes(filter),
);

const scheduleFor = ({ update, optimizer }: Problem): ScheduleSpec => {
  const rate: ScheduleInput =
    update === "alternating"
      ? { kind: "cosine", rate: { ofBound: 0.5 } }
      : { kind: "cosine", rate: optimizer.kind.startsWith("adam") ? 0.005 : 0.05 };
  return ScheduleSpec.parse(rate);
};

let [runs, seconds] = [0, 0];
for (const problem of problems) {
  const schedule = scheduleFor(problem);
  const begun = performance.now();
  const cpu = process.cpuUsage();
  let made = 0;
  let finalTrainLoss = Number.NaN;
  let finalValidationLoss: number | undefined;
  let accuracy: number | undefined;
  // At least three runs and half a second.
  while (made < 3 || performance.now() - begun < 500) {
    const outcome = train(problem, { schedule, seed: made++ });
    ({ finalTrainLoss, finalValidationLoss, accuracy } = outcome);
  }
  const { user, system } = process.cpuUsage(cpu);
  const perRun = (user + system) / 1000 / made;
  runs++;
  seconds += perRun / 1000;
  console.log(
    [
      problem.id.padEnd(42),
      `${problem.steps} steps`.padStart(10),
      `${perRun.toFixed(1)} ms/run`.padStart(15),
      `${(1000 / perRun).toFixed(1)} runs/s`.padStart(14),
      `train ${finalTrainLoss.toPrecision(4)}`.padStart(18),
      finalValidationLoss === undefined ? "" : `validation ${finalValidationLoss.toPrecision(4)}`,
      accuracy === undefined ? "" : `accuracy ${accuracy.toFixed(3)}`,
    ].join("  "),
  );
}
console.log(`one run of each: ${seconds.toFixed(2)} s, ${((60 * runs) / seconds).toFixed(0)} runs a minute`);
