import { EmbeddedActionsParser, type IParserErrorMessageProvider, type IToken, type TokenType } from "chevrotain";
import type { Arithmetic, Compare, Expression, Order, Query } from "./syntax.ts";
import * as t from "./tokens.ts";

const quote = (token: TokenType): string => (/^an? |^[+*]/.test(token.name) ? token.name : `"${token.name}"`);
const oneOf = (paths: readonly (readonly TokenType[])[]): string =>
  [...new Set(paths.map((path) => (path[0] ? quote(path[0]) : "")))].join(", ");

/** Messages that name what may stand at the place. */
const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => `expected ${quote(expected)}`,
  buildNotAllInputParsedMessage: () =>
    'expected the end, or "and", "or", "order by", "limit", a comparison or arithmetic',
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => `expected ${oneOf(expectedPathsPerAlt.flat())}`,
  buildEarlyExitMessage: ({ expectedIterationPaths }) => `expected ${oneOf(expectedIterationPaths)}`,
};

const unquote = (image: string): string => {
  const mark = image[0] as string;
  return image.slice(1, -1).replaceAll(mark + mark, mark);
};
const joined = (type: "and" | "or", parts: readonly Expression[]): Expression =>
  parts.length === 1 ? (parts[0] as Expression) : { type, parts, at: parts[0]?.at ?? 0 };

/**
 *     query      = [ or ] [ "order" "by" order { "," order } ] [ "limit" number ]
 *     order      = sum [ "asc" | "desc" ]
 *     or         = and { "or" and }            and = not { "and" not }        not = { "not" } test
 *     test       = sum [ comparison sum | "is" [ "not" ] "null"
 *                      | [ "not" ] ( "in" "(" sum { "," sum } ")" | "like" sum | "between" sum "and" sum ) ]
 *     sum        = product { ("+" | "-") product }
 *     product    = atom { ("*" | "/") atom }
 *     atom       = { "+" | "-" } ( literal | call | path | "(" or ")" )
 *     call       = name "(" [ sum { "," sum } ] ")"
 *     path       = name { "." ( name | quoted ) | "[" number "]" }
 */
export class QueryParser extends EmbeddedActionsParser {
  constructor() {
    super(t.tokens, { errorMessageProvider: messages, maxLookahead: 3 });
    this.performSelfAnalysis();
  }

  readonly query = this.RULE("query", (): Query => {
    let where: Expression | null = null;
    this.OPTION(() => (where = this.SUBRULE(this.disjunction)));
    const order: Order[] = [];
    this.OPTION1(() => {
      this.CONSUME(t.Order);
      this.CONSUME(t.By);
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => order.push(this.SUBRULE(this.ordered)) });
    });
    const limit = this.OPTION2(() => {
      this.CONSUME(t.Limit);
      return Number(this.CONSUME(t.NumberLiteral).image);
    });
    return { where, order, limit: limit ?? null };
  });

  /** A single value, as in `select`. */
  readonly value = this.RULE("value", (): Expression => this.SUBRULE(this.disjunction));

  private readonly ordered = this.RULE("ordered", (): Order => {
    const by = this.SUBRULE(this.sum);
    const descending = this.OPTION(() =>
      this.OR([{ ALT: () => (this.CONSUME(t.Ascending), false) }, { ALT: () => (this.CONSUME(t.Descending), true) }]),
    );
    return { by, descending: descending ?? false };
  });

  private readonly disjunction = this.RULE("disjunction", (): Expression => {
    const parts: Expression[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Or, DEF: () => parts.push(this.SUBRULE(this.conjunction)) });
    return joined("or", parts);
  });

  private readonly conjunction = this.RULE("conjunction", (): Expression => {
    const parts: Expression[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.And, DEF: () => parts.push(this.SUBRULE(this.negation)) });
    return joined("and", parts);
  });

  private readonly negation = this.RULE("negation", (): Expression => {
    const nots: IToken[] = [];
    this.MANY(() => nots.push(this.CONSUME(t.Not)));
    const test = this.SUBRULE(this.test);
    return nots.length % 2 === 0 ? test : { type: "not", of: test, at: nots[0]?.startOffset ?? 0 };
  });

  private readonly test = this.RULE("test", (): Expression => {
    const subject = this.SUBRULE(this.sum);
    return (
      this.OPTION(() =>
        this.OR([
          { ALT: () => this.SUBRULE(this.comparison, { ARGS: [subject] }) },
          { ALT: () => this.SUBRULE(this.nullTest, { ARGS: [subject] }) },
          { ALT: () => this.SUBRULE(this.membership, { ARGS: [subject] }) },
        ]),
      ) ?? subject
    );
  });

  private readonly comparison = this.RULE("comparison", (left: Expression): Expression => {
    const { image, startOffset } = this.CONSUME(t.Comparison);
    const operator = (image === "!=" ? "<>" : image) as Compare["operator"];
    return { type: "compare", operator, left, right: this.SUBRULE(this.sum), at: startOffset };
  });

  private readonly nullTest = this.RULE("nullTest", (subject: Expression): Expression => {
    const at = this.CONSUME(t.Is).startOffset;
    const negated = this.OPTION(() => this.CONSUME(t.Not)) !== undefined;
    this.CONSUME(t.Null);
    const test: Expression = { type: "is-null", subject, at };
    return negated ? { type: "not", of: test, at } : test;
  });

  private readonly membership = this.RULE("membership", (subject: Expression): Expression => {
    const negated = this.OPTION(() => this.CONSUME(t.Not)) !== undefined;
    const test = this.OR<Expression>([
      {
        ALT: () => {
          const at = this.CONSUME(t.In).startOffset;
          const list: Expression[] = [];
          this.CONSUME(t.Open);
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => list.push(this.SUBRULE(this.sum)) });
          this.CONSUME(t.Close);
          return { type: "in", subject, list, at };
        },
      },
      {
        ALT: () => {
          const at = this.CONSUME(t.Like).startOffset;
          return { type: "like", subject, pattern: this.SUBRULE1(this.sum), at };
        },
      },
      {
        ALT: () => {
          const at = this.CONSUME(t.Between).startOffset;
          const low = this.SUBRULE2(this.sum);
          this.CONSUME(t.And);
          const high = this.SUBRULE3(this.sum);
          const ends: Expression[] = [
            { type: "compare", operator: ">=", left: subject, right: low, at },
            { type: "compare", operator: "<=", left: subject, right: high, at },
          ];
          return joined("and", ends);
        },
      },
    ]);
    return negated ? { type: "not", of: test, at: test.at } : test;
  });

  private readonly sum = this.RULE("sum", (): Expression => {
    let left = this.SUBRULE(this.product);
    this.MANY(() => {
      const { image, startOffset } = this.CONSUME(t.Sign);
      const right = this.SUBRULE1(this.product);
      left = { type: "arithmetic", operator: image as Arithmetic["operator"], left, right, at: startOffset };
    });
    return left;
  });

  private readonly product = this.RULE("product", (): Expression => {
    let left = this.SUBRULE(this.atom);
    this.MANY(() => {
      const { image, startOffset } = this.CONSUME(t.Factor);
      const right = this.SUBRULE1(this.atom);
      left = { type: "arithmetic", operator: image as Arithmetic["operator"], left, right, at: startOffset };
    });
    return left;
  });

  private readonly atom = this.RULE("atom", (): Expression => {
    const signs: IToken[] = [];
    this.MANY(() => signs.push(this.CONSUME(t.Sign)));
    const of = this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.literal) },
      { ALT: () => this.SUBRULE(this.call) },
      { ALT: () => this.SUBRULE(this.path) },
      {
        ALT: () => {
          this.CONSUME(t.Open);
          const inner = this.SUBRULE(this.disjunction);
          this.CONSUME(t.Close);
          return inner;
        },
      },
    ]);
    if (signs.filter(({ image }) => image === "-").length % 2 === 0) return of;
    if (of?.type === "literal" && typeof of.value === "number") return { ...of, value: -of.value };
    const zero: Expression = { type: "literal", value: 0, at: signs[0]?.startOffset ?? 0 };
    return { type: "arithmetic", operator: "-", left: zero, right: of, at: zero.at };
  });

  private readonly literal = this.RULE("literal", (): Expression => {
    const read = (token: TokenType, valueOf: (image: string) => number | string | boolean | null) => ({
      ALT: (): Expression => {
        const { image, startOffset } = this.CONSUME(token);
        return { type: "literal", value: valueOf(image), at: startOffset };
      },
    });
    return this.OR([
      read(t.NumberLiteral, Number),
      read(t.TextLiteral, unquote),
      read(t.NotANumber, () => Number.NaN),
      read(t.Infinite, () => Number.POSITIVE_INFINITY),
      read(t.True, () => true),
      read(t.False, () => false),
      read(t.Null, () => null),
    ]);
  });

  private readonly call = this.RULE("call", (): Expression => {
    const { image, startOffset } = this.CONSUME(t.Name);
    const list: Expression[] = [];
    this.CONSUME(t.Open);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => list.push(this.SUBRULE(this.sum)) });
    this.CONSUME(t.Close);
    return { type: "call", name: image, arguments: list, at: startOffset };
  });

  private readonly path = this.RULE("path", (): Expression => {
    const { image, startOffset } = this.CONSUME(t.Name);
    const parts = [image];
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Dot);
            this.OR1([
              { ALT: () => parts.push(this.CONSUME1(t.Name).image) },
              { ALT: () => parts.push(unquote(this.CONSUME1(t.QuotedName).image)) },
            ]);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.OpenIndex);
            parts.push(this.CONSUME1(t.NumberLiteral).image);
            this.CONSUME(t.CloseIndex);
          },
        },
      ]),
    );
    return { type: "path", parts, at: startOffset };
  });
}
