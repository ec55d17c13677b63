// SPDX-License-Identifier: GPL-2.0
#include "ffa-probe.h"

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>

/* The driver goes on for ever while a partition is interrupted or yields; we bound it. */
#define MAX_RESUMES 1000

/* The names are those of DEN0077A, table of FF-A status codes; the errno is what ffa_to_linux_errno in driver.c makes. */
static const struct status {
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

static struct status status_of(const registers *got)
{
	/* s32: firmware may or may not extend the sign into the upper half. */
	s32 code = (s32)got->a2;

	switch ((u32)got->a0) {
	case FID_SUCCESS:
	case FID_SUCCESS_64:
		return statuses[0];
	case FID_DIRECT_RESP:
	case FID_DIRECT_RESP_64:
		return (struct status){ "DIRECT_RESP", 0 };
	case FID_DIRECT_RESP2:
		return (struct status){ "DIRECT_RESP2", 0 };
	case FID_INTERRUPT:
		return (struct status){ "STILL_INTERRUPTED", -EINTR };
	case FID_YIELD:
		return (struct status){ "STILL_YIELDING", -EINTR };
	case (u32)SMCCC_RET_NOT_SUPPORTED:
		/* Nobody who knows FF-A answered: SMCCC's own answer to an unknown function. */
		return (struct status){ "SMCCC_NOT_SUPPORTED", -EOPNOTSUPP };
	case FID_ERROR:
		if (code < 0 && code > -(s32)ARRAY_SIZE(statuses))
			return statuses[-code];
		return (struct status){ "UNKNOWN_STATUS", -EINVAL };
	default:
		return (struct status){ "UNEXPECTED_FUNCTION", -EPROTO };
	}
}

const char *calls_impossible(void)
{
	/* The same two conditions under which ffa_transport_init in smccc.c gives up. */
	if (arm_smccc_get_version() < ARM_SMCCC_VERSION_1_2)
		return "SMCCC is older than 1.2";
	if (arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_NONE)
		return "there is no SMCCC conduit";
	return NULL;
}

static void call(registers *request, registers *got)
{
	if (arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_HVC)
		arm_smccc_1_2_hvc(request, got);
	else
		arm_smccc_1_2_smc(request, got);
}

/* As ffa_msg_send_wait_for_completion in driver.c: an interrupted partition would stay busy for everybody. */
static void resume(registers *got)
{
	for (int n = 0; n < MAX_RESUMES && ((u32)got->a0 == FID_INTERRUPT || (u32)got->a0 == FID_YIELD); n++) {
		registers run = { .a0 = FID_RUN, .a1 = got->a1 };

		if ((u32)got->a0 == FID_YIELD)
			usleep_range(1000, 2000);
		call(&run, got);
	}
}

/* Only where FF-A 1.2 uses them are x8 to x17 more than what was left in them. */
static bool is_wide(u32 function)
{
	return function == FID_DIRECT_REQ2 || function == FID_PARTITION_INFO_GET_REGS;
}

static int show(char *out, size_t room, const registers *regs, bool wide)
{
	const unsigned long *values = &regs->a0;
	int used = 0;

	for (int n = 0; n < (wide ? 18 : 8); n++)
		used += scnprintf(out + used, room - used, " 0x%lx", values[n]);
	return used;
}

static void note(const char *name, const char *about, u64 began, registers *request, registers *got, struct status status)
{
	bool wide = is_wide((u32)request->a0);
	char values[2 * 18 * 19 + 1];
	int used = show(values, sizeof(values), request, wide);
	u64 whole;
	u32 micros;

	show(values + used, sizeof(values) - used, got, wide);
	seconds_of(began, &whole, &micros);
	seen_line("call %s %llu.%06u %s %d %d%s%s%s", name, whole, micros, status.name, status.error, wide ? 18 : 8, values,
		  about ? " " : "", about ?: "");
	/* Also to the log: were the machine to stop at a later question, this would be all that is left. */
	pr_info("%s%s%s%s x0=%#lx x1=%#lx x4=%#lx x5=%#lx -> %s (%d) x0=%#lx x1=%#lx x2=%#lx x3=%#lx x4=%#lx x5=%#lx\n", name,
		about ? " (" : "", about ?: "", about ? ")" : "", request->a0, request->a1, request->a4, request->a5,
		status.name, status.error, got->a0, got->a1, got->a2, got->a3, got->a4, got->a5);
}

struct answer ask(const char *name, const char *about, registers request)
{
	struct answer answer = { 0 };
	registers sent = request;
	struct status status;
	u64 began = local_clock();

	call(&request, &answer.got);
	resume(&answer.got);
	status = status_of(&answer.got);
	note(name, about, began, &sent, &answer.got, status);
	answer.error = status.error;
	return answer;
}
