// SPDX-License-Identifier: GPL-2.0
/*
 * The hostile caller: for a bounded time it sends each partition direct requests that nobody should send, from all CPUs at
 * once, so that one writes into the TPM's buffers while another is being served. A plan names `ffa-fuzz` among a config's
 * modules and gives `ffa_fuzz.seed=N` and, where the stack has a TPM service, `ffa_fuzz.crb=0xc0000000`, where it has EFI
 * variables, `ffa_fuzz.mm=0xc0010000` on the kernel's command line. Every partition is asked one harmless thing before and
 * after: its answer must be the same.
 *
 * What came of it can be read in /proc/hyplab-ffa-fuzz:
 *   seed N milliseconds N workers N crb ADDRESS mm ADDRESS
 *   partition ID KIND calls N answered N refused N busy N strange N roll-call same|other|none
 *   guard intact|broken-at-OFFSET|none
 *   call WHAT ID request x0 .. x7 response x0 .. x7
 */
#define pr_fmt(fmt) "hyplab-ffa-fuzz: " fmt

#include <linux/arm-smccc.h>
#include <linux/arm_ffa.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "answer.h"
#include "crb.h"
#include "garbage.h"
#include "mm.h"

#define PROC_NAME "hyplab-ffa-fuzz"
#define MAX_WORKERS 8
#define MAX_PARTITIONS 8
#define MAX_STRANGE 8
/* DEN0077A: ids of the secure world have bit 15; OP-TEE and TF-A give 0x8000 to the SPMC and count up. */
#define FIRST_ID 0x8000
#define LAST_ID 0x8005
/* A partition that was interrupted is told to go on; one that is interrupted that often does not end. */
#define MAX_RUNS 1000

static ulong seed = 1;
module_param(seed, ulong, 0400);
MODULE_PARM_DESC(seed, "of the random numbers; each worker adds its own number");
static uint milliseconds = 1000;
module_param(milliseconds, uint, 0400);
MODULE_PARM_DESC(milliseconds, "how long, for all partitions together");
static uint partition;
module_param(partition, uint, 0400);
MODULE_PARM_DESC(partition, "FF-A id of the one partition to attack; 0: every id from 0x8000 to 0x8005");
static ulong crb;
module_param(crb, ulong, 0400);
MODULE_PARM_DESC(crb, "physical address of the TPM's Command Response Buffers; 0: leave them alone");
static ulong mm;
module_param(mm, ulong, 0400);
MODULE_PARM_DESC(mm, "physical address of the MM communicate buffer of EFI variables, below 4 GiB; 0: leave it alone");

struct target {
	u16 id;
	bool is_tpm, has_variables;
	struct arm_smccc_1_2_regs before, after;
	u64 counts[ANSWERS];
};

struct worker {
	struct task_struct *task;
	struct rnd_state random;
	struct target *target;
	u64 counts[ANSWERS];
};

struct exchange {
	u16 id;
	struct arm_smccc_1_2_regs request, response;
};

static struct target targets[MAX_PARTITIONS];
static unsigned int target_count, worker_count;
static struct exchange strange[MAX_STRANGE];
static atomic_t strange_count;
static long guard_broken;
static enum arm_smccc_conduit conduit;

static void send(struct arm_smccc_1_2_regs *registers)
{
	int runs = 0;

	do {
		if (conduit == SMCCC_CONDUIT_HVC)
			arm_smccc_1_2_hvc(registers, registers);
		else
			arm_smccc_1_2_smc(registers, registers);
		if ((u32)registers->a0 != FFA_INTERRUPT && (u32)registers->a0 != FFA_YIELD)
			return;
		*registers = (struct arm_smccc_1_2_regs){ .a0 = FFA_RUN, .a1 = registers->a1 };
	} while (runs++ < MAX_RUNS);
}

/* Understood by two services that we know: w3 0 is OP-TEE's GET_API_VERSION, w4 DEN0138's GET_INTERFACE_VERSION. */
static struct arm_smccc_1_2_regs roll_call(struct target *target)
{
	struct arm_smccc_1_2_regs registers = {
		.a0 = FFA_MSG_SEND_DIRECT_REQ,
		.a1 = target->id,
		.a4 = TPM_GET_INTERFACE_VERSION,
	};

	send(&registers);
	/* The third wants its buffer's address in x3, and as EDK2's StandaloneMm does, only of the 64-bit request. */
	if ((u32)registers.a0 == FFA_ERROR && mm_harmless()) {
		registers = (struct arm_smccc_1_2_regs){
			.a0 = FFA_FN64_MSG_SEND_DIRECT_REQ,
			.a1 = target->id,
			.a3 = mm,
		};
		send(&registers);
		target->has_variables = (u32)registers.a0 == FFA_FN64_MSG_SEND_DIRECT_RESP;
	}
	return registers;
}

static void keep(u16 id, const struct arm_smccc_1_2_regs *request, const struct arm_smccc_1_2_regs *response)
{
	int n = atomic_inc_return(&strange_count) - 1;

	if (n < MAX_STRANGE)
		strange[n] = (struct exchange){ .id = id, .request = *request, .response = *response };
}

static struct arm_smccc_1_2_regs start_request(u16 id, u32 kind, const struct crb_start *start)
{
	return (struct arm_smccc_1_2_regs){
		.a0 = kind,
		.a1 = id,
		.a4 = TPM_START,
		.a5 = start->qualifier,
		.a6 = start->locality,
	};
}

static int work(void *data)
{
	struct worker *worker = data;
	struct target *target = worker->target;

	while (!kthread_should_stop()) {
		struct arm_smccc_1_2_regs request = garbage(&worker->random, target->id), response = request;
		struct crb_start start;
		enum answer answer;

		if (target->is_tpm && crb_scribble(&worker->random, &start))
			response = request = start_request(target->id, request.a0, &start);
		if (target->has_variables && mm_scribble(&worker->random))
			response = request =
				(struct arm_smccc_1_2_regs){ .a0 = request.a0, .a1 = target->id, .a3 = mm };
		send(&response);
		/* What went to another partition is not judged by the rules of this one. */
		answer = judge(&request, &response, target->is_tpm && (request.a1 & 0xffff) == target->id);
		worker->counts[answer]++;
		if (answer == STRANGE)
			keep(target->id, &request, &response);
		cond_resched();
	}
	return 0;
}

static void attack(struct target *target, unsigned int for_ms)
{
	struct worker workers[MAX_WORKERS] = {};
	unsigned int n = 0, cpu;

	for_each_online_cpu(cpu) {
		struct worker *worker = &workers[n];

		if (n == MAX_WORKERS)
			break;
		worker->target = target;
		prandom_seed_state(&worker->random, seed * 1000 + target->id * 10 + n);
		worker->task = kthread_create(work, worker, "hyplab-fuzz/%u", cpu);
		if (IS_ERR(worker->task))
			break;
		kthread_bind(worker->task, cpu);
		n++;
	}
	worker_count = n;
	for (unsigned int i = 0; i < n; i++)
		wake_up_process(workers[i].task);
	msleep(for_ms);
	for (unsigned int i = 0; i < n; i++) {
		kthread_stop(workers[i].task);
		for (int kind = 0; kind < ANSWERS; kind++)
			target->counts[kind] += workers[i].counts[kind];
	}
}

static void attack_all(void)
{
	u16 first = partition ?: FIRST_ID, last = partition ?: LAST_ID;

	for (u16 id = first; id <= last; id++) {
		struct target *target = &targets[target_count++];

		target->id = id;
		target->before = roll_call(target);
		target->is_tpm = (u32)target->before.a0 == FFA_MSG_SEND_DIRECT_RESP &&
				 target->before.a4 == TPM_OK_RESULTS_RETURNED;
	}
	for (unsigned int n = 0; n < target_count; n++)
		attack(&targets[n], milliseconds / target_count);
	for (unsigned int n = 0; n < target_count; n++) {
		if (targets[n].is_tpm)
			crb_tidy(send, targets[n].id);
		targets[n].after = roll_call(&targets[n]);
	}
	guard_broken = crb_guard_broken();
}

static void show_registers(struct seq_file *file, const char *name, const struct arm_smccc_1_2_regs *r)
{
	seq_printf(file, " %s 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx", name, r->a0, r->a1, r->a2, r->a3, r->a4,
		   r->a5, r->a6, r->a7);
}

static void show_target(struct seq_file *file, const struct target *target)
{
	bool answered = (u32)target->before.a0 == FFA_MSG_SEND_DIRECT_RESP || target->has_variables;
	bool same = !memcmp(&target->before, &target->after, 8 * sizeof(target->before.a0));
	u64 calls = 0;

	for (int kind = 0; kind < ANSWERS; kind++)
		calls += target->counts[kind];
	seq_printf(file, "partition 0x%x %s calls %llu answered %llu refused %llu busy %llu strange %llu roll-call %s\n",
		   target->id, target->is_tpm ? "tpm" : answered ? "other" : "nobody", calls, target->counts[ANSWERED],
		   target->counts[REFUSED], target->counts[BUSY], target->counts[STRANGE], same ? "same" : "other");
	seq_printf(file, "call before 0x%x", target->id);
	show_registers(file, "response", &target->before);
	seq_printf(file, "\ncall after 0x%x", target->id);
	show_registers(file, "response", &target->after);
	seq_putc(file, '\n');
}

static int show(struct seq_file *file, void *unused)
{
	seq_printf(file, "seed %lu milliseconds %u workers %u crb 0x%lx mm 0x%lx\n", seed, milliseconds, worker_count, crb,
		   mm);
	for (unsigned int n = 0; n < target_count; n++)
		show_target(file, &targets[n]);
	if (!crb)
		seq_puts(file, "guard none\n");
	else if (guard_broken < 0)
		seq_puts(file, "guard intact\n");
	else
		seq_printf(file, "guard broken-at-0x%lx\n", guard_broken);
	for (int n = 0; n < min(atomic_read(&strange_count), MAX_STRANGE); n++) {
		seq_printf(file, "call strange 0x%x", strange[n].id);
		show_registers(file, "request", &strange[n].request);
		show_registers(file, "response", &strange[n].response);
		seq_putc(file, '\n');
	}
	return 0;
}

static int __init ffa_fuzz_init(void)
{
	int rc;

	conduit = arm_smccc_1_1_get_conduit();
	if (arm_smccc_get_version() < ARM_SMCCC_VERSION_1_2 || conduit == SMCCC_CONDUIT_NONE)
		return -EOPNOTSUPP;
	rc = crb_map(crb) ?: mm_map(mm);
	if (rc) {
		crb_unmap();
		return rc;
	}
	pr_info("seed %lu, %u ms\n", seed, milliseconds);
	attack_all();
	pr_info("done\n");
	crb_unmap();
	mm_unmap();
	return proc_create_single(PROC_NAME, 0400, NULL, show) ? 0 : -ENOMEM;
}

static void __exit ffa_fuzz_exit(void)
{
	remove_proc_entry(PROC_NAME, NULL);
}

module_init(ffa_fuzz_init);
module_exit(ffa_fuzz_exit);
MODULE_DESCRIPTION("Sends partitions direct requests that nobody should send");
MODULE_LICENSE("GPL");
