/** The words of the query language. */
import { createToken, Lexer, type TokenType } from "chevrotain";

export const Name = createToken({ name: "a name", pattern: /[A-Za-z_]\w*/ });
/** Keywords in any case; a longer word that begins like one is a name. */
const keyword = (word: string): TokenType =>
  createToken({ name: word, pattern: new RegExp(word, "i"), longer_alt: Name });

export const Or = keyword("or");
export const Order = keyword("order");
export const And = keyword("and");
export const Not = keyword("not");
export const In = keyword("in");
export const Infinite = keyword("infinity");
export const Is = keyword("is");
export const Null = keyword("null");
export const NotANumber = keyword("nan");
export const Like = keyword("like");
export const Limit = keyword("limit");
export const Between = keyword("between");
export const By = keyword("by");
export const Ascending = keyword("asc");
export const Descending = keyword("desc");
export const True = keyword("true");
export const False = keyword("false");

export const NumberLiteral = createToken({ name: "a number", pattern: /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/ });
export const TextLiteral = createToken({ name: "a text in single quotes", pattern: /'(?:[^']|'')*'/ });
export const QuotedName = createToken({ name: "a name in double quotes", pattern: /"(?:[^"]|"")+"/ });
export const Comparison = createToken({ name: "a comparison", pattern: /<=|>=|<>|!=|=|<|>/ });
export const Sign = createToken({ name: "+ or -", pattern: /[+-]/ });
export const Factor = createToken({ name: "* or /", pattern: /[*/]/ });
export const Open = createToken({ name: "(", pattern: "(" });
export const Close = createToken({ name: ")", pattern: ")" });
export const OpenIndex = createToken({ name: "[", pattern: "[" });
export const CloseIndex = createToken({ name: "]", pattern: "]" });
export const Comma = createToken({ name: ",", pattern: "," });
export const Dot = createToken({ name: ".", pattern: "." });
const Space = createToken({ name: "space", pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** In the order in which they are tried. */
export const tokens = [
  Space,
  Order,
  Or,
  And,
  NotANumber,
  Not,
  Infinite,
  In,
  Is,
  Null,
  Like,
  Limit,
  Between,
  By,
  Ascending,
  Descending,
  True,
  False,
  Name,
  NumberLiteral,
  TextLiteral,
  QuotedName,
  Comparison,
  Sign,
  Factor,
  Open,
  Close,
  OpenIndex,
  CloseIndex,
  Comma,
  Dot,
];

/** Positions are offsets alone: a query is one line of text for whoever reads the message. */
export const lexer = new Lexer(tokens, { positionTracking: "onlyOffset" });
