import {
  type BinaryFrame,
  decodeFrame,
  encodePoints,
  type Operation,
  type OperationName,
  type Operations,
  operations,
  type PointsReceipt,
  type SeriesPoints,
} from "@etude/contracts";
import type { z } from "zod";
import { parseJson, unexpectedAnswer } from "./error.ts";
import { type CallOptions, type FlatArguments, send, type Target } from "./request.ts";

type Part<O, Name extends string> = O extends { readonly [K in Name]: infer Schema extends z.ZodType } ? Schema : never;

/** Fields as a caller writes them; a field that the server coerces from text has the type it becomes. */
type Fields<Schema extends z.ZodType> = [Schema] extends [never]
  ? unknown
  : {
      [K in keyof z.input<Schema>]: unknown extends z.input<Schema>[K]
        ? K extends keyof z.output<Schema>
          ? z.output<Schema>[K]
          : never
        : z.input<Schema>[K];
    };

type Body<Schema extends z.ZodType> = [Schema] extends [never]
  ? unknown
  : undefined extends z.input<Schema>
    ? { readonly body?: z.input<Schema> }
    : { readonly body: z.input<Schema> };

/** What a method takes: the names of path and query side by side, the body under `body`. */
export type OperationArguments<Name extends OperationName> = Omit<
  Fields<Part<Operations[Name], "params">> & Fields<Part<Operations[Name], "query">>,
  "format"
> &
  Body<Part<Operations[Name], "body">> &
  CallOptions;

/** What a method returns: the answer's body, or nothing for 204. */
export type OperationResult<Name extends OperationName> = Operations[Name]["ok"] extends {
  readonly body: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : void;

/** Points of an external run, for `writeFrame`. */
export interface WriteFrame extends Pick<CallOptions, "signal"> {
  readonly runId: string;
  readonly attempt: number;
  readonly series: readonly Omit<SeriesPoints, "index">[];
}

type Method<Name extends OperationName> =
  object extends OperationArguments<Name>
    ? (args?: OperationArguments<Name>) => Promise<OperationResult<Name>>
    : (args: OperationArguments<Name>) => Promise<OperationResult<Name>>;

/** One method for each row of the table of operations. Each throws an EtudeError when the server refuses or is away. */
export type Client = { readonly [Name in OperationName]: Method<Name> } & {
  /** `writePoints` as one binary frame; the columns as Float64Array, `from` as there. */
  readonly writeFrame: (args: WriteFrame) => Promise<PointsReceipt>;
  /** `getHistory` as one binary frame: a tenth of the bytes and of the time, columns as Float64Array. */
  readonly readHistory: (args: OperationArguments<"getHistory">) => Promise<BinaryFrame>;
  /** `getArtifact` as bytes, whatever they are. */
  readonly readArtifact: (args: OperationArguments<"getArtifact">) => Promise<Uint8Array>;
  /** `exportEvidence` as the bytes of its file. */
  readonly downloadEvidence: (args: OperationArguments<"exportEvidence">) => Promise<Uint8Array>;
};

/**
 * Makes a client of the server at `url`.
 *
 * Answers are typed by the contract and not checked against it, so that a newer server may say more than this client
 * knows.
 */
export function createClient(target: Target): Client {
  const methods = Object.entries(operations as Record<OperationName, Operation>).map(([name, operation]) => [
    name,
    (args: FlatArguments = {}) => call(operation, target, args),
  ]);
  const readHistory: Client["readHistory"] = async (args) => {
    const response = await send(operations.getHistory, target, { ...args, format: "binary" });
    return decodeFrame(new Uint8Array(await response.arrayBuffer()));
  };
  const readArtifact: Client["readArtifact"] = async (args) => {
    const response = await send(operations.getArtifact, target, { ...args });
    return new Uint8Array(await response.arrayBuffer());
  };
  const downloadEvidence: Client["downloadEvidence"] = async (args) => {
    const response = await send(operations.exportEvidence, target, { ...args });
    return new Uint8Array(await response.arrayBuffer());
  };
  const writeFrame: Client["writeFrame"] = async ({ runId, attempt, series, signal }) => {
    const piece = { runId, attempt, from: 0, to: 0, cursor: "" };
    const body = encodePoints({ ...piece, series: series.map((one, index) => ({ ...one, index })) });
    return (await call(operations.writePoints, target, { runId, body, signal })) as PointsReceipt;
  };
  type Generic = Omit<Client, "readHistory" | "readArtifact" | "downloadEvidence" | "writeFrame">;
  return { ...(Object.fromEntries(methods) as Generic), readHistory, readArtifact, downloadEvidence, writeFrame };
}

async function call(operation: Operation, target: Target, args: FlatArguments): Promise<unknown> {
  const response = await send(operation, target, args);
  if (operation.ok.body === undefined) return undefined;
  const text = await response.text();
  const body = parseJson(text);
  if (body === undefined) throw unexpectedAnswer(response, text);
  return body;
}
