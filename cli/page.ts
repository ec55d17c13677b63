import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Writes a long text: on a terminal through the user's pager (`$PAGER`, else less, which ends by itself when all fits on
 * one screen), otherwise straight to standard output. A pager that cannot be started is done without.
 */
export async function page(text: string): Promise<void> {
  if (!process.stdout.isTTY) return void process.stdout.write(`${text}\n`)
  const pager = spawn('sh', ['-c', process.env['PAGER'] || 'less -RFX'], { stdio: ['pipe', 'inherit', 'inherit'] })
  // A pager that was left early closes the pipe.
  pager.stdin.on('error', () => undefined)
  pager.stdin.end(`${text}\n`)
  const [code] = (await once(pager, 'exit')) as [number | null]
  if (code === 127) process.stdout.write(`${text}\n`)
}
