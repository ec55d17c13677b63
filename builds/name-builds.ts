import type { Cell, KernelInputs, StackInputs } from '../domain/cell.ts'
import type { BuildIdentity } from '../domain/build.ts'
import { identifyFirmware } from './firmware/identify.ts'
import { readStack } from './firmware/recipe.ts'
import { asTheyAre, type InputFiles } from './input-files.ts'
import type { Config } from './kernel/config-text.ts'
import { identifyKernel, machineInputs } from './kernel/identify.ts'
import { fragmentConfig } from './kernel/requested-config.ts'
import { sourceIdentity } from './source/obtain.ts'
import type { NamingContext, SourceIdentity } from './source/source.ts'

/** The files of a kernel or stack that a run has frozen, or that nobody has. @param frozen its `frozen` */
export type FilesOf = (frozen: string | undefined) => Promise<InputFiles>

/**
 * Names the builds of cells by the hash of their inputs. What many cells share, a source, a fragment, a kernel, a stack, the
 * tools, is looked at once: a matrix of 20,000 cells has some hundred kernels and a handful of stacks. What it has looked
 * at it does not look at again, so that one of these serves one run.
 */
export class BuildNamer {
  readonly #context: NamingContext
  readonly #filesOf: FilesOf
  readonly #known = new Map<string, Promise<unknown>>()
  readonly #fragments = new WeakMap<InputFiles, Map<string, Config>>()
  readonly #texts = new WeakMap<KernelInputs | StackInputs, string>()

  /** @param filesOf gives patches, fragments and recipes; as they are now where absent */
  constructor(context: NamingContext, filesOf: FilesOf = async () => asTheyAre) {
    this.#context = context
    this.#filesOf = filesOf
  }

  /**
   * Names the kernels of cells, many at a time; whoever asks for one of them then is answered at once.
   * @throws LabError as `kernel`
   */
  async kernels(cells: readonly Pick<Cell, 'kernel'>[]): Promise<void> {
    const distinct = [...new Map(cells.map((cell) => [this.#textOf(cell.kernel), cell])).values()]
    // One after the other: a source that nobody pinned is fetched before it can be named.
    for (const { kernel } of distinct) await this.#source(kernel)
    for (let first = 0; first < distinct.length; first += atOnce)
      await Promise.all(distinct.slice(first, first + atOnce).map((cell) => this.kernel(cell)))
  }

  /**
   * The build of a cell's kernel.
   * @throws LabError SourceMissing, ToolMissing, BadInput for a fragment or patch that has gone since the plan was read
   */
  kernel({ kernel }: Pick<Cell, 'kernel'>): Promise<BuildIdentity> {
    return this.#once(`kernel ${this.#textOf(kernel)}`, async () => {
      const [source, files] = [await this.#source(kernel), await this.#files(kernel.frozen)]
      const machine = await this.#once('machine', machineInputs)
      return await identifyKernel(kernel, source, files, { machine, fragment: (path) => this.#fragment(path, files) })
    })
  }

  /**
   * The build of a cell's firmware; undefined where the cell takes what is installed.
   * @throws LabError as `kernel`, and BadInput for a recipe with mistakes
   */
  async firmware({ stack }: Pick<Cell, 'stack'>): Promise<BuildIdentity | undefined> {
    const { recipe, sources, frozen } = stack
    if (recipe === undefined) return undefined
    return await this.#once(`firmware ${this.#textOf(stack)}`, async () => {
      const files = await this.#files(frozen)
      return await identifyFirmware(await readStack(recipe, sources, files), { ...this.#context, files })
    })
  }

  #source({ sources, patches, frozen, fuzz }: KernelInputs): Promise<SourceIdentity> {
    return this.#once(`source ${JSON.stringify([sources, patches, frozen, fuzz])}`, async () =>
      sourceIdentity(sources, patches, { ...this.#context, files: await this.#files(frozen) }, fuzz),
    )
  }

  #files(frozen: string | undefined): Promise<InputFiles> {
    return this.#once(`files ${frozen}`, () => this.#filesOf(frozen))
  }

  #fragment(path: string, files: InputFiles): Config {
    const read = this.#fragments.get(files) ?? new Map<string, Config>()
    this.#fragments.set(files, read)
    const config = read.get(path) ?? fragmentConfig(path, files)
    read.set(path, config)
    return config
  }

  #once<Value>(question: string, answer: () => Promise<Value>): Promise<Value> {
    const known = (this.#known.get(question) as Promise<Value> | undefined) ?? answer()
    this.#known.set(question, known)
    return known
  }

  /** Cells of a plan that was just expanded have the same kernel and stack by reference, those of a store by value. */
  #textOf(inputs: KernelInputs | StackInputs): string {
    const text = this.#texts.get(inputs) ?? JSON.stringify(inputs)
    this.#texts.set(inputs, text)
    return text
  }
}

/** So many are named at a time: each opens its fragments, and a process may have some hundred files open. */
const atOnce = 50
