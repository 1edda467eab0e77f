export type { Files } from "./data.ts";
export { suite, suiteFiles } from "./suite.ts";
