/** `hyplab`: runs the bundle of the sources, which starts in a third of their time, or the sources. */
import { fileURLToPath } from 'node:url'
import { fittingBundle } from './bundle/fitting-bundle.ts'

// Stack traces are to name the sources.
const isDebugged = process.argv.includes('--debug')
const bundle = isDebugged ? undefined : await fittingBundle(fileURLToPath(new URL('..', import.meta.url)))
await import(bundle ?? './hyplab.ts')
