// SPDX-License-Identifier: GPL-2.0
/*
 * Provokes one kernel fault of a kind, when it is loaded, so that what the lab says of faults is tried on real ones. A plan
 * names `fault-maker` among a config's modules and gives `fault_maker.kind=KIND` on the kernel's command line, from where
 * our init takes the parameters of modules as modprobe does.
 *
 * What a kind needs of the kernel stands beside it. Where that is missing nothing may be seen, and the module says nothing:
 * what the kernel reported is the kernel's to say.
 */
#define pr_fmt(fmt) "hyplab-fault-maker: " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static char *kind = "";
module_param(kind, charp, 0400);
MODULE_PARM_DESC(kind, "which fault to provoke");

static unsigned int seconds = 10;
module_param(seconds, uint, 0400);
MODULE_PARM_DESC(seconds, "how long to hang, for the kinds that hang and go on");

static void do_panic(void)
{
	panic("hyplab-fault-maker: a panic was asked for");
}

/* A page fault at address 0: `Unable to handle kernel NULL pointer dereference`. */
static void do_oops(void)
{
	volatile int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	*nowhere = 1;
}

/*
 * A hole in the map of QEMU's virt machine, where nobody answers: `synchronous external abort`. The SError, which comes of
 * such things on hardware that need not wait for an answer, QEMU's TCG does not make (10.0.2).
 */
static void do_bus_error(void)
{
	void __iomem *nobody = ioremap(0x0b000000, PAGE_SIZE);

	if (nobody)
		pr_info("nobody says %u\n", readl(nobody));
}

static void do_bug(void)
{
	BUG();
}

static void do_warn(void)
{
	WARN(1, "a warning was asked for\n");
}

static int sleep_for_ever(void *unused)
{
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
	return 0;
}

/* DETECT_HUNG_TASK, and sysctl.kernel.hung_task_timeout_secs=N on the command line: else it takes 120 s. */
static void do_hung_task(void)
{
	struct task_struct *task = kthread_run(sleep_for_ever, NULL, "hyplab-hung");

	if (IS_ERR(task))
		pr_err("could not start a thread: %ld\n", PTR_ERR(task));
	else
		schedule_timeout_interruptible(seconds * HZ); /* Not ssleep(): then we hang, too. */
}

static void spin(void)
{
	/* Not by jiffies: with interrupts off on the one CPU that keeps them they stand still. */
	for (unsigned int n = 0; n < seconds * 1000; n++)
		mdelay(1);
}

/* SOFTLOCKUP_DETECTOR; reported after 2 x watchdog_thresh seconds. */
static void do_soft_lockup(void)
{
	preempt_disable();
	spin();
	preempt_enable();
}

/* HARDLOCKUP_DETECTOR, on arm64 the buddy one: another CPU notices after some watchdog_thresh seconds. */
static void do_hard_lockup(void)
{
	unsigned long flags;

	local_irq_save(flags);
	spin();
	local_irq_restore(flags);
}

static void stop(void *unused)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

/* All CPUs, for ever and without a word: not a fault that a kernel can report, but what the limit on silence is for. */
static void do_hang(void)
{
	smp_call_function(stop, NULL, 0);
	stop(NULL);
}

static void spin_in_work(struct work_struct *unused)
{
	spin();
}

static DECLARE_WORK(long_work, spin_in_work);
static DECLARE_WORK(late_work, spin_in_work);

/* WQ_WATCHDOG; reported after workqueue.watchdog_thresh seconds, 30 if nothing is said, without preemption alone. */
static void do_workqueue_stall(void)
{
	int cpu = raw_smp_processor_id();

	schedule_work_on(cpu, &long_work);
	schedule_work_on(cpu, &late_work);
	flush_work(&long_work);
	flush_work(&late_work);
}

static void nothing(struct rcu_head *unused)
{
}

static struct rcu_head waiting;

/* Reported after rcupdate.rcu_cpu_stall_timeout seconds, if somebody waits for a grace period: we see to that. */
static void do_rcu_stall(void)
{
	call_rcu(&waiting, nothing);
	rcu_read_lock();
	preempt_disable();
	spin();
	preempt_enable();
	rcu_read_unlock();
}

static DEFINE_SPINLOCK(spinlock);

/*
 * DEBUG_ATOMIC_SLEEP: `sleeping function called from invalid context`. It does not sleep: the scheduler would put the
 * preempt count right, the unlock make it wrong again, and an interrupt that comes then brings the kernel down.
 */
static void do_atomic_sleep(void)
{
	spin_lock(&spinlock);
	might_sleep();
	spin_unlock(&spinlock);
}

static DEFINE_MUTEX(one);
static DEFINE_MUTEX(other);

/* PROVE_LOCKING: two locks in one order, then in the other; nobody waits, so nothing hangs. */
static void do_lock_order(void)
{
	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);
	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
}

/* DEBUG_LIST. */
static void do_list(void)
{
	LIST_HEAD(list);
	struct list_head entry;

	list_add(&entry, &list);
	list_add(&entry, &list);
}

/* UBSAN_SHIFT. */
static void do_ubsan(void)
{
	int by = 77;

	OPTIMIZER_HIDE_VAR(by);
	pr_info("1 << %d is %d here\n", by, 1 << by);
}

/* KASAN. Both only read, so that nothing is damaged where nobody is watching. */
static void do_out_of_bounds(void)
{
	volatile char *bytes = kmalloc(64, GFP_KERNEL);
	int at = 64;

	OPTIMIZER_HIDE_VAR(at);
	if (bytes)
		pr_info("behind the end stands %d\n", bytes[at]);
	kfree((void *)bytes);
}

static void do_use_after_free(void)
{
	volatile char *bytes = kmalloc(64, GFP_KERNEL);
	volatile char *freed = bytes;

	OPTIMIZER_HIDE_VAR(freed);
	kfree((void *)bytes);
	if (bytes)
		pr_info("where something was stands %d\n", freed[8]);
}

static DECLARE_COMPLETION(never);

static int take_pages(void *unused)
{
	for (;;)
		alloc_page(GFP_KERNEL);
	return 0;
}

/*
 * Takes all memory: the OOM killer comes, and panics when there is nobody left to kill. A kernel thread takes it, which is
 * nobody's victim: a process that the OOM killer chose gets no page any more and ends, and what it frees may do for the rest.
 */
static void do_out_of_memory(void)
{
	struct task_struct *task = kthread_run(take_pages, NULL, "hyplab-oom");

	if (IS_ERR(task))
		pr_err("could not start a thread: %ld\n", PTR_ERR(task));
	else
		wait_for_completion(&never);
}

static const struct {
	const char *name;
	void (*provoke)(void);
} kinds[] = {
	{ "panic", do_panic },
	{ "oops", do_oops },
	{ "bus-error", do_bus_error },
	{ "bug", do_bug },
	{ "warn", do_warn },
	{ "hung-task", do_hung_task },
	{ "soft-lockup", do_soft_lockup },
	{ "hard-lockup", do_hard_lockup },
	{ "hang", do_hang },
	{ "workqueue-stall", do_workqueue_stall },
	{ "rcu-stall", do_rcu_stall },
	{ "atomic-sleep", do_atomic_sleep },
	{ "lock-order", do_lock_order },
	{ "list", do_list },
	{ "ubsan", do_ubsan },
	{ "out-of-bounds", do_out_of_bounds },
	{ "use-after-free", do_use_after_free },
	{ "out-of-memory", do_out_of_memory },
};

static int __init fault_maker_init(void)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(kinds); n++) {
		if (strcmp(kinds[n].name, kind) != 0)
			continue;
		pr_info("provoking %s\n", kind);
		kinds[n].provoke();
		return 0;
	}
	pr_err("there is no kind \"%s\"\n", kind);
	return -EINVAL;
}

static void __exit fault_maker_exit(void)
{
}

module_init(fault_maker_init);
module_exit(fault_maker_exit);
MODULE_DESCRIPTION("Provokes a kernel fault of the kind that is asked for");
MODULE_LICENSE("GPL");
