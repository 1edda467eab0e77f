import { lexer, Close, Open } from "./tokens.ts";
import { QueryParser } from "./parser.ts";
import { refuse, type Source } from "./refuse.ts";
import type { Expression, Query } from "./syntax.ts";

const maxDepth = 40;
/** One suffices: a parse is synchronous. */
const parser = new QueryParser();

function read<T>(source: Source, rule: () => T): T {
  const nul = source.text.indexOf("\u0000");
  if (nul >= 0) throw refuse(source, nul, "no text holds the character NUL");
  const { tokens, errors } = lexer.tokenize(source.text);
  const [unread] = errors;
  if (unread) {
    const quote = source.text[unread.offset] === "'";
    throw refuse(source, unread.offset, quote ? "this text has no end: a ' is missing" : "this is not understood");
  }
  let depth = 0;
  for (const { tokenType, startOffset } of tokens) {
    depth += tokenType === Open ? 1 : tokenType === Close ? -1 : 0;
    if (depth > maxDepth) throw refuse(source, startOffset, `brackets are nested more than ${maxDepth} deep`);
  }
  parser.input = tokens;
  const result = rule();
  const [error] = parser.errors;
  if (!error) return result;
  const at = error.token.startOffset;
  throw refuse(source, Number.isNaN(at) ? source.text.length : at, error.message);
}

/** Parses a filter with its order and limit; "" is every run. Throws Problem validation_failed at a column of the text. */
export const parseQuery = (source: Source): Query => read(source, () => parser.query());

/** Parses one value. Throws Problem validation_failed at a column of the text. */
export const parseValue = (source: Source): Expression => read(source, () => parser.value());
