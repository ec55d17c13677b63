import type { Cell, SourceLocation, StackInputs } from '../domain/cell.ts'
import { isDeepEqual } from '../domain/deep-equal.ts'
import { resolvedInWords } from '../domain/resolved-source.ts'
import { readStack } from './firmware/recipe.ts'
import { SourceResolver } from './source/resolve.ts'
import type { SourceContext } from './source/source.ts'

/** Resolves what moves in the sources of the cells of one run, each location and each recipe once. */
export class SourcePinner {
  readonly #context: SourceContext
  readonly #resolver: SourceResolver
  readonly #stacks = new Map<string, Promise<StackInputs>>()
  readonly #told = new Set<string>()

  constructor(context: SourceContext) {
    this.#context = context
    this.#resolver = new SourceResolver(context)
  }

  /**
   * A cell with its kernel's and its firmware's sources as they are now, and says what they were resolved to. A cell of
   * which nothing moves, or whose sources were resolved before, is returned as it is.
   * @throws LabError SourceMissing, retryable when whoever knows what a location is cannot be reached; BadInput for a
   *   recipe with mistakes
   */
  async pin(cell: Cell): Promise<Cell> {
    const sources = await this.#resolver.resolve(cell.kernel.sources)
    const moved = !isDeepEqual(sources, cell.kernel.sources)
    if (moved) this.#tell(cell.kernel.name, sources)
    const stack = await this.#pinStack(cell.stack)
    return moved || !isDeepEqual(stack, cell.stack) ? { ...cell, kernel: { ...cell.kernel, sources }, stack } : cell
  }

  #pinStack(stack: StackInputs): Promise<StackInputs> {
    if (stack.recipe === undefined || stack.sources !== undefined) return Promise.resolve(stack)
    const known = this.#stacks.get(stack.name) ?? this.#resolveStack(stack, stack.recipe)
    this.#stacks.set(stack.name, known)
    return known
  }

  async #resolveStack(stack: StackInputs, recipe: string): Promise<StackInputs> {
    const moved: Record<string, SourceLocation[]> = {}
    for (const { name, sources } of (await readStack(recipe, {}, this.#context.files)).components) {
      const resolved = await this.#resolver.resolve(sources)
      if (isDeepEqual(resolved, sources)) continue
      moved[name] = resolved
      this.#tell(`${name} of ${stack.name}`, resolved)
    }
    return Object.keys(moved).length === 0 ? stack : { ...stack, sources: moved }
  }

  #tell(what: string, sources: readonly SourceLocation[]): void {
    for (const words of sources.flatMap((location) => resolvedInWords(location) ?? [])) {
      const sentence = `${what} is ${words}.`
      if (!this.#told.has(sentence)) this.#context.say?.(sentence)
      this.#told.add(sentence)
    }
  }
}
