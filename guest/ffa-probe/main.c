// SPDX-License-Identifier: GPL-2.0
/*
 * Asks FF-A questions at the time when it is loaded and after, without healing the patient: it never sends FFA_VERSION.
 * On 6.12 and 6.18 pKVM refuses every FF-A call with INVALID_PARAMETERS until it has seen an FFA_VERSION
 * (arch/arm64/kvm/hyp/nvhe/ffa.c, kvm_host_ffa_handler, has_version_negotiated), so a probe that sends one would make
 * the very bug vanish that it is looking for. Calls go out as ffa_transport_init in drivers/firmware/arm_ffa/smccc.c
 * would send them; the kernel's own driver is used for what needs its RX and TX buffers, and never made to start.
 *
 * The questions come in rounds, the ones that decide whether FF-A can be used first and when the module is loaded. Each
 * reader who opens /proc/hyplab-ffa-probe gets one round; from the second on, it is asked at that moment. So a question that
 * stops the machine takes no answer with it that was there before. After the last round there is nothing but `end`. Other lines:
 *   call NAME SECONDS STATUS ERRNO COUNT request-x0 .. (COUNT of them) response-x0 .. (COUNT of them) [ABOUT]
 *   driver OP SECONDS ERRNO VALUE ABOUT
 *   partition DEVICE ID UUID PROPERTIES, where DEVICE is `now` for one that the driver was told of just now
 *   could-not WHAT: WHY
 */
#include "ffa-probe.h"

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#define PROC_NAME "hyplab-ffa-probe"

static void (*const rounds[])(void) = {
	ask_decisive, ask_features, ask_notifications, ask_partitions, ask_messages, ask_messages2, ask_nobody, ask_memory,
};
static unsigned int round;
static bool shown;
static DEFINE_MUTEX(lock);

static int show(struct seq_file *file, void *unused)
{
	seq_puts(file, seen_text());
	return 0;
}

static int open_round(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	if (shown) {
		seen_forget();
		if (round < ARRAY_SIZE(rounds))
			rounds[round++]();
		else
			seen_line("end");
	}
	shown = true;
	mutex_unlock(&lock);
	return single_open(file, show, NULL);
}

static const struct proc_ops operations = {
	.proc_open = open_round,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init ffa_probe_init(void)
{
	const char *impossible = calls_impossible();

	if (impossible) {
		seen_line("could-not FF-A: %s", impossible);
		pr_info("could not: %s\n", impossible);
		round = ARRAY_SIZE(rounds);
	} else {
		rounds[round++]();
	}
	if (!proc_create(PROC_NAME, 0400, NULL, &operations))
		pr_err("could not create /proc/" PROC_NAME "\n");
	return 0;
}

static void __exit ffa_probe_exit(void)
{
	remove_proc_entry(PROC_NAME, NULL);
	partitions_release();
}

module_init(ffa_probe_init);
module_exit(ffa_probe_exit);
MODULE_DESCRIPTION("Asks FF-A what it can do, without negotiating a version");
MODULE_LICENSE("GPL");
