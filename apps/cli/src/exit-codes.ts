/** What the process says to scripts. */
export const exitCodes = {
  ok: 0,
  runFailed: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  internal: 5,
  interrupted: 130,
} as const;

export const exitCodesHelp = `
Exit codes:
  0    ok
  1    a watched run failed, diverged or was cancelled
  2    wrong usage: an option, a file or its content
  3    the server refused the request
  4    no server answers
  5    a defect of Etude
  130  interrupted with Ctrl-C`;

/** Something that the user can put right: what is wrong, and what to do instead. */
export class UsageError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = "UsageError";
    this.remedy = remedy;
  }
}

/** Ends a command with an exit code after it has said why. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.name = "Exit";
    this.code = code;
  }
}
