/** Reads a file of data on stdin and writes what is in it to stdout, as JSON: a process of its own, whose memory may run out. */
import { buffer } from "node:stream/consumers";
import { describeTable, readTable, UploadError } from "@etude/catalog/uploads";

const answer = (value: object): void => void process.stdout.write(JSON.stringify(value));

try {
  answer({ schema: describeTable(await readTable(await buffer(process.stdin))) });
} catch (error) {
  if (!(error instanceof UploadError)) throw error;
  answer({ refused: error.message });
}
