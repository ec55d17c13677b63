import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const service = fileURLToPath(new URL('../../stacks/full/optee', import.meta.url))
const onUart = fileURLToPath(new URL('../../stacks/fvp-full/optee', import.meta.url))
const stand = fileURLToPath(new URL('tpm-service', import.meta.url))
/** What the service includes of OP-TEE; all of it stands in optee.h. */
const headers =
  'ffa.h initcall.h io.h libfdt.h kernel/delay.h kernel/dt.h kernel/spinlock.h kernel/spmc_sp_handler.h kernel/thread_spmc.h mm/core_memprot.h mm/core_mmu.h sm/optee_smc.h tee_api_types.h trace.h util.h'.split(
    ' ',
  )

/** What a service has its TPM behind. */
export type Transport = 'registers' | 'uart'

/** The TPM service of `stacks/full/optee`, compiled for this host with the sanitizers on. */
export interface TpmService {
  program: string
  /** Starts it afresh and gives it these lines (see tpm-service/main.c); returns its answers, the first being its properties. */
  tell(lines: string[], machine?: { tpm: boolean }): Promise<string[]>
  remove(): Promise<void>
}

/** @param directReq2 its second personality */
export async function buildTpmService(directReq2: boolean, transport: Transport = 'registers'): Promise<TpmService> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-tpm-service-'))
  for (const header of headers) {
    await mkdir(dirname(join(folder, header)), { recursive: true })
    await writeFile(join(folder, header), '')
  }
  const program = join(folder, 'service')
  const flags = ['-std=gnu11', '-g', '-Wall', '-Wextra', '-Werror', '-Wno-format', '-include', join(stand, 'optee.h')]
  const [base, driver] =
    transport === 'uart'
      ? ['UART_BASE=0x1c0c0000', join(onUart, 'tpm-uart.c')]
      : ['TIS_BASE=0x0c000000', join(service, 'tpm-tis.c')]
  const config = ['CRB_BASE=0xc0000000', base, ...(directReq2 ? ['DIRECT_REQ2=1'] : [])]
  const sources = [...['tpm-service.c', 'tpm-crb.c'].map((name) => join(service, name)), driver]
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
  const defines = config.map((one) => `-DCFG_HYPLAB_TPM_${one}`)
  const includes = [`-I${folder}`, `-I${service}`]
  await execa('gcc', [
    ...flags,
    ...sanitizers,
    ...includes,
    ...defines,
    '-o',
    program,
    join(stand, 'main.c'),
    ...sources,
  ])
  return {
    program,
    tell: async (lines, { tpm } = { tpm: true }) => {
      const { stdout } = await execa(program, {
        input: lines.map((line) => `${line}\n`).join(''),
        env: { ASAN_OPTIONS: 'detect_leaks=0', ...(tpm ? {} : { NO_TPM: '1' }) },
      })
      return stdout.split('\n')
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
