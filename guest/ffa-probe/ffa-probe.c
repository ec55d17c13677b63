// SPDX-License-Identifier: GPL-2.0
/*
 * Asks FF-A a few questions at the time when it is loaded, without healing the patient: it never sends FFA_VERSION.
 * On 6.12 and 6.18 pKVM refuses every FF-A call with INVALID_PARAMETERS until it has seen an FFA_VERSION
 * (arch/arm64/kvm/hyp/nvhe/ffa.c, kvm_host_ffa_handler, has_version_negotiated), so a probe that sends one would make
 * the very bug vanish that it is looking for. The kernel's own driver is not used, not even loaded by us: the
 * calls go out as ffa_transport_init in drivers/firmware/arm_ffa/smccc.c would send them.
 *
 * Each call and its answer are printed, and can be read in /proc/hyplab-ffa-probe, one line a call:
 *   call NAME SECONDS STATUS ERRNO request-x0 .. x7 response-x0 .. x7
 *   could-not WHAT: WHY
 */
#define pr_fmt(fmt) "hyplab-ffa-probe: " fmt

#include <linux/arm-smccc.h>
#include <linux/arm_ffa.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>

#define PROC_NAME "hyplab-ffa-probe"

struct call {
	const char *name;
	struct arm_smccc_1_2_regs request, response;
	u64 at_ns;
	const char *status;
	int error;
};

/* Static, so that nothing that was seen is lost for want of memory. */
static struct call calls[8];
static unsigned int call_count;
static const char *refusal;

/* The names are those of DEN0077A, table of FF-A status codes; the errno is what ffa_to_linux_errno in driver.c makes. */
static const struct {
	const char *name;
	int error;
} statuses[] = {
	{ "SUCCESS", 0 },
	{ "NOT_SUPPORTED", -EOPNOTSUPP },
	{ "INVALID_PARAMETERS", -EINVAL },
	{ "NO_MEMORY", -ENOMEM },
	{ "BUSY", -EBUSY },
	{ "INTERRUPTED", -EINTR },
	{ "DENIED", -EACCES },
	{ "RETRY", -EAGAIN },
	{ "ABORTED", -ECANCELED },
	{ "NO_DATA", -ENODATA },
	{ "NOT_READY", -EAGAIN },
};

static void judge(struct call *call)
{
	u32 function = (u32)call->response.a0;
	/* s32: firmware may or may not extend the sign into the upper half. */
	s32 code = (s32)call->response.a2;

	if (function == FFA_SUCCESS || function == FFA_FN64_SUCCESS)
		code = 0;
	else if (function == (u32)SMCCC_RET_NOT_SUPPORTED) {
		/* Nobody who knows FF-A answered: SMCCC's own answer to an unknown function. */
		call->status = "SMCCC_NOT_SUPPORTED";
		call->error = -EOPNOTSUPP;
		return;
	} else if (function != FFA_ERROR) {
		call->status = "UNEXPECTED_FUNCTION";
		call->error = -EPROTO;
		return;
	}
	if (code > 0 || code <= -(s32)ARRAY_SIZE(statuses)) {
		call->status = "UNKNOWN_STATUS";
		call->error = -EINVAL;
		return;
	}
	call->status = statuses[-code].name;
	call->error = statuses[-code].error;
}

static void seconds(u64 ns, u64 *whole, u32 *micros)
{
	u32 rest;

	*whole = div_u64_rem(ns, NSEC_PER_SEC, &rest);
	*micros = rest / NSEC_PER_USEC;
}

static struct call *ask(enum arm_smccc_conduit conduit, const char *name, struct arm_smccc_1_2_regs request)
{
	struct call *call = &calls[call_count];

	if (call_count == ARRAY_SIZE(calls))
		return NULL;
	call->name = name;
	call->request = request;
	call->at_ns = local_clock();
	if (conduit == SMCCC_CONDUIT_HVC)
		arm_smccc_1_2_hvc(&call->request, &call->response);
	else
		arm_smccc_1_2_smc(&call->request, &call->response);
	judge(call);
	call_count++;
	pr_info("%s x0=%#lx x1=%#lx x5=%#lx -> %s (%d) x0=%#lx x1=%#lx x2=%#lx x3=%#lx\n", name, request.a0, request.a1,
		request.a5, call->status, call->error, call->response.a0, call->response.a1, call->response.a2,
		call->response.a3);
	return call;
}

static void ask_all(enum arm_smccc_conduit conduit)
{
	struct call *spm;

	ask(conduit, "FFA_ID_GET", (struct arm_smccc_1_2_regs){ .a0 = FFA_ID_GET });
	ask(conduit, "FFA_FEATURES",
	    (struct arm_smccc_1_2_regs){ .a0 = FFA_FEATURES, .a1 = FFA_MSG_SEND_DIRECT_REQ });
	spm = ask(conduit, "FFA_SPM_ID_GET", (struct arm_smccc_1_2_regs){ .a0 = FFA_SPM_ID_GET });
	/*
	 * w5 bit 0 asks for the count alone, so that nobody writes to the RX buffer, whose owner is the kernel's driver, and
	 * its ownership does not change: no FFA_RX_RELEASE is due. FF-A 1.0 has no such flag and would fill the buffer
	 * under the driver's feet. FFA_SPM_ID_GET came with 1.1, so who does not know it is not asked.
	 */
	if (spm && spm->error == -EOPNOTSUPP)
		refusal = "FFA_PARTITION_INFO_GET: not asked, FFA_SPM_ID_GET is not supported, so this may be FF-A 1.0 "
			  "where it would overwrite the driver's RX buffer";
	else
		ask(conduit, "FFA_PARTITION_INFO_GET",
		    (struct arm_smccc_1_2_regs){ .a0 = FFA_PARTITION_INFO_GET, .a5 = BIT(0) });
	/* FF-A 1.2: answers in registers. pKVM blocks it on 6.18 and 7.3 (ffa_call_supported in nvhe/ffa.c). */
	ask(conduit, "FFA_PARTITION_INFO_GET_REGS", (struct arm_smccc_1_2_regs){ .a0 = FFA_PARTITION_INFO_GET_REGS });
}

static void show_registers(struct seq_file *file, const struct arm_smccc_1_2_regs *regs)
{
	seq_printf(file, " 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx", regs->a0, regs->a1, regs->a2, regs->a3,
		   regs->a4, regs->a5, regs->a6, regs->a7);
}

static int show(struct seq_file *file, void *unused)
{
	for (unsigned int n = 0; n < call_count; n++) {
		const struct call *call = &calls[n];
		u64 whole;
		u32 micros;

		seconds(call->at_ns, &whole, &micros);
		seq_printf(file, "call %s %llu.%06u %s %d", call->name, whole, micros, call->status, call->error);
		show_registers(file, &call->request);
		show_registers(file, &call->response);
		seq_putc(file, '\n');
	}
	if (refusal)
		seq_printf(file, "could-not %s\n", refusal);
	return 0;
}

static int __init ffa_probe_init(void)
{
	enum arm_smccc_conduit conduit = arm_smccc_1_1_get_conduit();

	/* The same two conditions under which ffa_transport_init gives up. */
	if (arm_smccc_get_version() < ARM_SMCCC_VERSION_1_2)
		refusal = "FF-A: SMCCC is older than 1.2";
	else if (conduit == SMCCC_CONDUIT_NONE)
		refusal = "FF-A: there is no SMCCC conduit";
	else
		ask_all(conduit);
	if (refusal)
		pr_info("could not: %s\n", refusal);
	if (!proc_create_single(PROC_NAME, 0400, NULL, show))
		pr_err("could not create /proc/" PROC_NAME "\n");
	return 0;
}

static void __exit ffa_probe_exit(void)
{
	remove_proc_entry(PROC_NAME, NULL);
}

module_init(ffa_probe_init);
module_exit(ffa_probe_exit);
MODULE_DESCRIPTION("Asks FF-A what it can do, without negotiating a version");
MODULE_LICENSE("GPL");
