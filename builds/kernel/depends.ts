/** Kconfig's three values as numbers, so that && is the minimum, || the maximum and ! is 2 - x (kconfig-language.rst). */
export type Tristate = 0 | 1 | 2

/** A dependency as Kconfig prints it, with the value that each symbol has: `A [=y] && (B [=n] || !C [=m])`. */
export type Expression =
  | { kind: 'symbol'; name: string; value: string }
  | { kind: 'not'; of: Expression }
  | { kind: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='
type Operand = { name: string; value: string }

/** Tristate of a value as it stands in a .config; all but y and m count as n. */
export function tristate(value: string): Tristate {
  return value === 'y' ? 2 : value === 'm' ? 1 : 0
}

/**
 * Reads what `expr_print` with values prints (scripts/kconfig/expr.c, Linux 6.1 to 7.3).
 * @returns undefined when the text is no such expression; strings are printed without quotes, so that some cannot be read.
 */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokenize(text)
  if (tokens === undefined) return undefined
  const reader = { tokens, at: 0 }
  const expression = parseOr(reader)
  return reader.at === tokens.length ? expression : undefined
}

interface Reader {
  tokens: Token[]
  at: number
}
type Token = { sign: string } | { operand: Operand }

function tokenize(text: string): Token[] | undefined {
  const pattern = /\s*(?:(&&|\|\||!=|<=|>=|[=!()]|<(?!choice>)|>)|(<choice>|[^\s&|!=<>()[\]]+)(?:\s*\[=([^\]]*)\])?)/y
  const end = text.trimEnd().length
  const tokens: Token[] = []
  while (pattern.lastIndex < end) {
    const found = pattern.exec(text)
    if (found === null) return undefined
    const [, sign, name, value] = found
    tokens.push(sign !== undefined ? { sign } : { operand: operandOf(name ?? '', value) })
  }
  return tokens
}

function operandOf(name: string, value: string | undefined): Operand {
  if (value !== undefined) return { name, value }
  // Without a value: a constant stands for itself, a choice cannot be asked, a symbol that nobody defines is n.
  if (name === '<choice>') return { name, value: 'y' }
  return { name, value: /^[A-Z_]/.test(name) ? 'n' : name }
}

function sign(reader: Reader, ...wanted: string[]): string | undefined {
  const token = reader.tokens[reader.at]
  if (token === undefined || !('sign' in token) || !wanted.includes(token.sign)) return undefined
  reader.at += 1
  return token.sign
}

function parseOr(reader: Reader): Expression | undefined {
  return parseChain(reader, '||', 'or', parseAnd)
}

function parseAnd(reader: Reader): Expression | undefined {
  return parseChain(reader, '&&', 'and', parseUnary)
}

function parseChain(
  reader: Reader,
  between: string,
  kind: 'and' | 'or',
  next: (reader: Reader) => Expression | undefined,
): Expression | undefined {
  let left = next(reader)
  while (left !== undefined && sign(reader, between) !== undefined) {
    const right = next(reader)
    left = right && { kind, left, right }
  }
  return left
}

function parseUnary(reader: Reader): Expression | undefined {
  if (sign(reader, '!') !== undefined) {
    const of = parseUnary(reader)
    return of && { kind: 'not', of }
  }
  if (sign(reader, '(') !== undefined) {
    const inner = parseOr(reader)
    return sign(reader, ')') === undefined ? undefined : inner
  }
  return parseComparison(reader)
}

function parseComparison(reader: Reader): Expression | undefined {
  const left = operand(reader)
  if (left === undefined) return undefined
  const operator = sign(reader, '=', '!=', '<', '<=', '>', '>=') as Comparison | undefined
  if (operator === undefined) return { kind: 'symbol', ...left }
  const right = operand(reader)
  return right && { kind: 'compare', operator, left, right }
}

function operand(reader: Reader): Operand | undefined {
  const token = reader.tokens[reader.at]
  if (token === undefined || !('operand' in token)) return undefined
  reader.at += 1
  return token.operand
}

/** The value that Kconfig gives to an expression (expr_calc_value). */
export function valueOf(expression: Expression): Tristate {
  switch (expression.kind) {
    case 'symbol':
      return tristate(expression.value)
    case 'not':
      return (2 - valueOf(expression.of)) as Tristate
    case 'and':
      return Math.min(valueOf(expression.left), valueOf(expression.right)) as Tristate
    case 'or':
      return Math.max(valueOf(expression.left), valueOf(expression.right)) as Tristate
    case 'compare':
      return compares(expression.operator, expression.left.value, expression.right.value) ? 2 : 0
  }
}

function compares(operator: Comparison, left: string, right: string): boolean {
  const numbers = [left, right].every((value) => /^(-?\d+|0[xX][0-9a-fA-F]+)$/.test(value))
  const order = numbers ? Number(left) - Number(right) : left < right ? -1 : left > right ? 1 : 0
  switch (operator) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

/** The parts of a conjunction that are below what is wanted: what stands between a symbol and its value. */
export function unmet(expression: Expression, wanted: Tristate): Expression[] {
  if (expression.kind === 'and') return [...unmet(expression.left, wanted), ...unmet(expression.right, wanted)]
  return valueOf(expression) < wanted ? [expression] : []
}

/** The symbols of an expression that would help if they were set: those that are not negated and not `wanted` yet. */
export function missingSymbols(expression: Expression, wanted: Tristate): string[] {
  switch (expression.kind) {
    case 'symbol':
      return tristate(expression.value) < wanted && /^[A-Z0-9_]+$/.test(expression.name) ? [expression.name] : []
    case 'not':
    case 'compare':
      return []
    case 'and':
    case 'or':
      return [...missingSymbols(expression.left, wanted), ...missingSymbols(expression.right, wanted)]
  }
}

/** An expression as Kconfig prints it. */
export function showExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'symbol':
      return showOperand(expression)
    case 'not':
      return `!${inner(expression.of)}`
    case 'and':
      return `${inner(expression.left, 'and')} && ${inner(expression.right, 'and')}`
    case 'or':
      return `${inner(expression.left, 'or')} || ${inner(expression.right, 'or')}`
    case 'compare':
      return `${showOperand(expression.left)}${expression.operator}${showOperand(expression.right)}`
  }
}

function inner(expression: Expression, within?: 'and' | 'or'): string {
  const simple = expression.kind === 'symbol' || expression.kind === 'not' || expression.kind === within
  return simple || expression.kind === 'compare' ? showExpression(expression) : `(${showExpression(expression)})`
}

function showOperand({ name, value }: Operand): string {
  return name === value || name === '<choice>' ? name : `${name} [=${value}]`
}
