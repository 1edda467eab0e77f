/** What a query says, as a tree. `at` is where in the text a part begins, from 0. */

interface Placed {
  readonly at: number;
}

export interface Literal extends Placed {
  readonly type: "literal";
  readonly value: number | string | boolean | null;
}
/** A column of a run, or a place in its JSON: ["spec", "model", "hidden", "0"]. */
export interface Path extends Placed {
  readonly type: "path";
  readonly parts: readonly string[];
}
export interface Call extends Placed {
  readonly type: "call";
  readonly name: string;
  readonly arguments: readonly Expression[];
}
export interface Arithmetic extends Placed {
  readonly type: "arithmetic";
  readonly operator: "+" | "-" | "*" | "/";
  readonly left: Expression;
  readonly right: Expression;
}
export interface Compare extends Placed {
  readonly type: "compare";
  readonly operator: "=" | "<>" | "<" | "<=" | ">" | ">=";
  readonly left: Expression;
  readonly right: Expression;
}
export interface OneOf extends Placed {
  readonly type: "in";
  readonly subject: Expression;
  readonly list: readonly Expression[];
}
export interface Like extends Placed {
  readonly type: "like";
  readonly subject: Expression;
  readonly pattern: Expression;
}
export interface Unknown extends Placed {
  readonly type: "is-null";
  readonly subject: Expression;
}
export interface Not extends Placed {
  readonly type: "not";
  readonly of: Expression;
}
export interface Joined extends Placed {
  readonly type: "and" | "or";
  readonly parts: readonly Expression[];
}
export type Expression = Literal | Path | Call | Arithmetic | Compare | OneOf | Like | Unknown | Not | Joined;

export interface Order {
  readonly by: Expression;
  readonly descending: boolean;
}

export interface Query {
  readonly where: Expression | null;
  readonly order: readonly Order[];
  readonly limit: number | null;
}
