/** Loaded into a trainer child: prints much when its first run begins, past the console as a native library does. */
import { writeSync } from "node:fs";

const send = process.send;
process.send = (message, ...rest) => {
  if (message.type === "training-started") {
    process.send = send;
    writeSync(2, "a native library speaks\n");
    for (let i = 0; i < 20_000; i++) process.stdout.write(`printed ${i}\n`);
  }
  return send.call(process, message, ...rest);
};
