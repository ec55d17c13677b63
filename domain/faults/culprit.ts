import { stableSymbol } from './stable-text.ts'

const symbol = String.raw`(?<symbol>[A-Za-z_$][\w.$]*\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[[^\]]+\])?)`
// arch/arm64/kernel/process.c, arch/riscv/kernel/process.c and arch/arm/kernel/process.c __show_regs().
const pc = new RegExp(String.raw`^(?:e?pc : |PC is at )${symbol}`)
const rip = new RegExp(String.raw`^RIP: [0-9a-f]{4}:${symbol}`)
const frame = new RegExp(String.raw`^ *(?:\[<[0-9a-f]+>\] )?${symbol}(?: \(P\))?$`)
// arch/arm/kernel/traps.c dump_backtrace_entry(): the function first and by its name alone, then who called it. Kernels with
// CONFIG_ARM_UNWIND have no heading before the first.
const armFrame =
  /^ *(?:\[<[0-9a-f]+>\] \()?(?<symbol>[A-Za-z_$][\w.$]*(?: \[\w+\])?)\)? from (?:\[<[0-9a-f]+>\] )?\(?[A-Za-z_$][\w.$]*\+0x/

// Functions that stand between what broke and its report: the reporting itself, waiting, locking, delays, memory copies.
const machinery =
  /^(?:dump_backtrace|unwind_backtrace|show_stack|dump_stack|dump_stack_lvl|print_\w+|kasan_\w+|__kasan_\w+|kcsan_\w+|ubsan_\w+|__ubsan_\w+|check_panic_on_warn|__warn\w*|report_bug|warn_slowpath\w*|bug_handler|\w*brk_handler|do_debug_exception|el1h?_\w+|el0t?_\w+|panic|vpanic|nmi_panic|oops_\w+|die\w*|__die\w*|__might_\w+|__schedule_bug|__switch_to|__schedule|schedule|schedule_\w+|preempt_schedule\w*|io_schedule\w*|msleep\w*|usleep_range\w*|ssleep|__mutex_lock\w*|mutex_lock\w*|rwsem_\w+|down_\w+|__down\w*|wait_for_\w+|__wait_\w+|do_wait\w*|queued_spin_\w+|_raw_\w+|do_raw_\w+|native_queued_\w+|__delay|__udelay|__ndelay|__const_udelay|udelay|delay_\w+|arch_counter_\w+|arch_timer_\w+|__arch_counter_\w+|lock_\w+|__lock_\w+|rcu_\w+|check_\w+|validate_chain|mark_lock\w*|lockdep_\w+|__lockdep\w*|_*mem(?:cpy|set|move|cmp|chr|scan)\w*|_*str(?:len|nlen|cmp|ncmp|chr|rchr|str|cpy|ncpy|lcpy|scpy)|__arch_c(?:opy|lear)_\w+|\w*copy_(?:from|to)_user\w*|copy_page\w*|clear_page\w*|__pi_\w+|__hwasan_\w+|__asan_\w+|__msan_\w+|irq_\w+|__irq\w*|handle_\w+|generic_handle_\w+|gic_\w+|call_on_irq_stack|do_interrupt_handler|watchdog_\w+|hrtimer_\w+|__hrtimer_\w+|update_process_times|tick_\w+|sched_tick|trigger_\w+|nmi_\w+|default_idle_call|cpu_do_idle)$/

// Where a page or an object is found broken as it is given back or handed out: who did that is what tells (mm/page_alloc.c, mm/slub.c).
const allocator =
  /^(?:bad_page\w*|bad_range|page_bad_reason|free_page_is_bad\w*|free_tail_page\w*|_*free_pages\w*|_*free_frozen_pages\w*|free_unref_\w+|free_pcppages_bulk|free_pcp_\w+|_*rmqueue\w*|prep_new_page|post_alloc_hook|get_page_from_freelist|_*alloc_pages\w*|_*alloc_frozen_pages\w*|folio_alloc\w*|alloc_pages_mpol\w*|_*kfree|_*kmem_cache_free\w*|_*slab_free\w*|slab_free_\w+|do_slab_free)$/

// Functions that others call to have their data checked, or to be told: where they WARN or BUG, their caller is what is
// wrong (lib/refcount.c, lib/list_debug.c, lib/debugobjects.c, kernel/locking/irqflag-debug.c, mm/maccess.c, mm/usercopy.c),
// and what the compiler calls (arch/arm64/lib/mem*.S, mm/kasan/sw_tags.c, arch/arm64/lib/kasan_sw_tags.S).
const checker =
  /^(?:refcount_\w+|__list_add_valid\w*|__list_del_entry_valid\w*|debug_print_object|_*debug_object_\w+|_*debug_check_no_\w+|debug_objects_\w+|_*mem(?:cpy|set|move|cmp)\w*|_*hwasan_\w+|warn_bogus_irq_restore|__copy_overflow|__check_object_size|usercopy_abort|fortify_panic|__fortify_\w+)$/
// What the assembler puts where code and data begin; some kernels name it in place of the function around it.
const mappingSymbol = /^(?:__kvm_nvhe_)?\$[xdt](?:\.\d+)?$/

/**
 * Takes the messages of a report; returns the function that it is about, with its module: where the CPU stood if the
 * report says so, else the innermost function of its call trace, in either case without those that only reported,
 * waited or delayed; undefined where nothing else is named.
 */
export function culpritOf(messages: readonly string[]): string | undefined {
  for (const message of messages) {
    const stood = (pc.exec(message) ?? rip.exec(message))?.groups?.['symbol']
    const name = stood && stableSymbol(stood)
    if (name && !isMachinery(name)) return name
    if (name) break
  }
  let inTrace = false
  for (const message of messages) {
    if (/^ *Call [Tt]race:/.test(message)) inTrace = true
    const called = (armFrame.exec(message) ?? (inTrace ? frame.exec(message) : null))?.groups?.['symbol']
    const name = called && stableSymbol(called)
    if (name && !isMachinery(name)) return name
  }
  return undefined
}

/** Whether a function, its module behind it or not, only checks or tells for its callers, as refcount_warn_saturate() does. */
export function isChecker(name: string): boolean {
  return checker.test(bare(name))
}

/** Whether a name is no function's but the mark of the assembler where code begins, `$x`. */
export function isMappingSymbol(name: string): boolean {
  return mappingSymbol.test(bare(name))
}

function isMachinery(name: string): boolean {
  return machinery.test(bare(name)) || allocator.test(bare(name)) || isChecker(name) || isMappingSymbol(name)
}

function bare(name: string): string {
  return name.replace(/ \[.*$/, '')
}
