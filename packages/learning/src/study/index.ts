export { type Cell, type CellOutcome, decodeOutcome, encodeOutcome, keyOf, type Outcomes } from "./cell.ts";
export { checkPlan } from "./check-plan.ts";
export { executeCell, type Suite } from "./execute-cell.ts";
export { drawFigures } from "./figures/figures.ts";
export { type FrozenPlan, freezePlan } from "./freeze-plan.ts";
export { studyMarkdown } from "./markdown.ts";
export { type EntrantRow, type ProblemReport, reportStudy, type StudyReport } from "./report.ts";
export { studyProblems } from "./study-problems.ts";
export { runStudy, type StudyOptions, type StudyProgress } from "./run-study.ts";
