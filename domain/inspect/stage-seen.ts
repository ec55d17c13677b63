import type { ConsoleLine } from '../console/line.ts'
import { partitionStart } from '../console/partition-prefix.ts'
import { speakerOf } from '../signatures/speaker.ts'
import type { Stage } from '../stage.ts'
import type { Glimpse } from './boot-start.ts'
import { loaderOf } from './loader-lines.ts'

/** How far a boot came, as a log from anywhere can show it; `unknown` where it shows nothing of the kind. */
export const seenStages = ['unknown', 'firmware', 'spmc', 'bootloader', 'kernel', 'init', 'userspace'] as const
export type SeenStage = (typeof seenStages)[number]

const ofStage: Partial<Record<Stage, SeenStage>> = {
  bl1: 'firmware',
  bl2: 'firmware',
  bl31: 'firmware',
  spmc: 'spmc',
  bl33: 'bootloader',
  kernel: 'kernel',
  init: 'init',
  probes: 'userspace',
}

/** What a process says through the kernel's log: its name and pid first; the kernel says the same of processes that crash. */
const throughKernel =
  /^(?:[A-Za-z][\w.@/-]*\[[1-9]\d{0,6}\]: |hyplab-init: |dracut: |random: \S+: uninitialized urandom read)/
/** Processes that give no pid there, of Android (system/core/init, vold, apexd) and OpenWrt (procd, ubox); a driver may be called the same. */
const named =
  /^(?:init|ueventd|vold|vdc|apexd|logd|lmkd|healthd|(?:hw)?servicemanager|bpfloader|snapuserd|linkerconfig|procd|kmodloader|mount_root|urngd): /
/** The first process, by its number (CONFIG_PRINTK_CALLER): the kernel calls nothing `init`. */
const firstProcess = /\]\[ *T1\b[^\]]*\] init: /
/** What init systems put on a console. */
const ofInit =
  /^(?:\[ {2}OK {2}\] |Begin: .+ \.\.\. |\[FAILED\] Failed |INIT: version |OpenRC \S+ |BusyBox v\d|Please press Enter to activate this console)/
/** What distributions and login put there; where there is no kernel, others say the same. */
const ofSystem = /^(?:Welcome to .+!|Starting \S.*: OK|.{1,64} login:)\s*$/
/** What a shell puts there: the target's, or that of the host from which the target is started and looked at. */
const prompt = /^(?:[^\s@:]{1,64}@[^\s@:]{1,64}:[^\s#$]{1,200}|\[[^\]\s@]{1,64}@[^\]]{1,200}\]|[/~]) ?[#$](?: |$)/
/** Signatures after which no process speaks. A panic of the firmware may have been a console's that was appended to another. */
const last = /^(?:linux\.(?:power-down|restart)|fault\.(?:panic|hyp-panic|hyp-exception|no-root|no-init))$/

/** What LAVA writes into a log of its own accord, between the lines of the target. */
const ofLava = /^(?:Matched prompt #|Setting prompt string|(?:start|end): \d|Waiting using forced|Parsed boot|Sending )/
/** Stamped lines after which a log is one whose kernel stamps every line. */
const stampedLog = 20
/** Areas of the catalogue that are no words of a kernel. */
const notKernel = /^(?:tfa|tc|uboot|edk2|uefi|hafnium|lk|damage)\./
/** Which stage a line of them shows that is not the first of one: a log may begin late, or have nothing but a fault. */
const ofArea: Record<string, SeenStage> = {
  tfa: 'firmware',
  tc: 'spmc',
  hafnium: 'spmc',
  lk: 'firmware',
  uboot: 'bootloader',
  edk2: 'bootloader',
}
/** What U-Boot and barebox say too, before a trace of their own. */
const ofAnyone = new Set(['fault.trace'])
/** What tells that no init came of `Run ... as init process` (init/main.c kernel_init()): the next one is tried, or none is left. */
const noInit = new Set(['linux.init-failed', 'fault.no-init'])
/** Stages in which nobody speaks through a kernel's log. */
const notYet: readonly SeenStage[] = ['unknown', 'firmware', 'spmc', 'bootloader']
/** Whether a kernel spoke, or what it started. */
export function isKernel(stage: SeenStage): boolean {
  return !notYet.includes(stage)
}

/** Lines without stamp that must follow the start of init before they count as a process's words. */
const plainWords = 2

/** Follows one boot through one log to the furthest stage that it shows. */
export class StageSeen {
  #stage: SeenStage = 'unknown'
  #line: ConsoleLine | undefined
  /** The line that shows the kernel, for when no init came of its start. */
  #kernelLine: ConsoleLine | undefined
  #stamped = 0
  #plain = 0
  #banner = false
  #over = false

  /** The furthest stage, and the line that shows it. */
  get reached(): { stage: SeenStage; line?: ConsoleLine } {
    return this.#line ? { stage: this.#stage, line: this.#line } : { stage: this.#stage }
  }

  /** Takes the next line of the boot. */
  line(line: ConsoleLine, glimpse: Glimpse): void {
    const { match, at } = glimpse
    if (at !== undefined) this.#stamped++
    if (match) {
      const { stage, id } = match.signature
      if (stage) this.#reach(ofStage[stage], line)
      else if (!notKernel.test(id) && (at !== undefined || !ofAnyone.has(id))) this.#reach('kernel', line)
      else if (notYet.includes(this.#stage))
        this.#reach(partitionStart(line.text) > 0 ? 'spmc' : ofArea[id.slice(0, id.indexOf('.'))], line)
      if (noInit.has(id) && this.#stage === 'init') {
        this.#stage = 'kernel'
        this.#line = this.#kernelLine ?? line
      }
      if (id === 'linux.boot-cpu' || id === 'linux.banner') this.#banner = true
      if (last.test(id)) this.#over = true
    }
    if (this.#stage === 'userspace') return
    if (at !== undefined || glimpse.inner.by === 'kernel') this.#reach('kernel', line)
    if (glimpse.inner.by === 'process' || this.#isUserspace(line, glimpse)) this.#reach('userspace', line)
    else if (at === undefined && match === undefined && notYet.includes(this.#stage))
      this.#reach(loaderOf(line.text), line)
  }

  #isUserspace({ text }: ConsoleLine, { inner, match, at }: Glimpse): boolean {
    if (at !== undefined || inner.by === 'kernel') {
      const message = at === undefined ? text : text.slice(text.indexOf('] ') + 2)
      if (throughKernel.test(message)) return true
      return this.#stage === 'init' ? named.test(message) : message.startsWith('init: ') && firstProcess.test(text)
    }
    if (match !== undefined || text.length < 3) return false
    const hasKernel = isKernel(this.#stage)
    // `printk.time=0`, or a log without its stamps: who speaks stands first there, too.
    if (this.#stamped === 0 && hasKernel && throughKernel.test(text)) return true
    if (text.startsWith('QEMU: Terminated')) this.#over = true
    if (this.#over) return false
    if (ofInit.test(text) || (hasKernel && ofSystem.test(text))) return true
    // A log that begins later than the boot does not show that init was started.
    if ((this.#stage === 'init' || (hasKernel && !this.#banner)) && prompt.test(text)) return true
    // Every line of such a kernel has a stamp; firmware has its own prefixes, and speaks last when the kernel is gone.
    if (this.#stage !== 'init' || this.#stamped < stampedLog) return false
    if (speakerOf(text) !== 'NS' || ofLava.test(text) || !/^[\w(]/.test(text) || !/[a-z]{3}/.test(text)) return false
    return ++this.#plain >= plainWords
  }

  #reach(stage: SeenStage | undefined, line: ConsoleLine): void {
    if (stage === undefined || seenStages.indexOf(stage) <= seenStages.indexOf(this.#stage)) return
    this.#stage = stage
    this.#line = line
    if (stage === 'kernel') this.#kernelLine = line
  }
}
