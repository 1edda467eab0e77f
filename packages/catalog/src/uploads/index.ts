/** Reading files of data; its own entrance, so that nobody else pays for the readers of their formats. */
export { buildData } from "./build-data.ts";
export { describeTable } from "./describe.ts";
export { readTable } from "./read-table.ts";
export { UploadError } from "./table.ts";
