// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A QEMU TCG plugin that records FF-A calls (and PSCI and TRNG calls on request): each SMC that a core executes, from
 * which exception level to which, and what its caller found in x0 to x7 when it went on. The machine does not see it.
 *
 *   -plugin smc-trace.so,out=FILE[,psci=on][,trng=on]
 *
 * The file is described in trace-file.h.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <qemu-plugin.h>

#include "calls.h"
#include "pending.h"
#include "registers.h"
#include "return-sites.h"
#include "trace-file.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

_Static_assert(sizeof(void *) == 8, "an address of the target fits a pointer");

static unsigned int groups = TRACE_FFA;
/* One for the whole trace, so that its order is the order in which calls were made. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t last_number;

/*
 * The address at which an instruction is executed. QEMU translates a page once for all its mappings (CF_PCREL), so the
 * address that it was translated at may be of another one: only its offset in the page is right. The program counter is
 * right at the start of a block, at most half a page before.
 */
static uint64_t executed_at(unsigned int cpu, void *translated_at)
{
	uint64_t block = registers_read(cpu, PC);

	return block + (((uintptr_t)translated_at - block) & 0xfff);
}

static void read_arguments(unsigned int cpu, struct trace_record *record)
{
	for (unsigned int i = 0; i < TRACE_ARGUMENTS; i++)
		record->x[i] = registers_read(cpu, X0 + i);
}

static void before_smc(unsigned int cpu, void *translated_at)
{
	struct trace_record record = { .kind = TRACE_CALL, .cpu = cpu };
	struct pending call = { 0 };
	uint64_t scr;

	if (!registers_known(cpu) || !(call_group(registers_read(cpu, X0)) & groups))
		return;
	scr = registers_read(cpu, SCR_EL3);
	if (!caller_of(registers_read(cpu, CPSR), scr, &call.caller))
		return;
	call.to = call_target(call.caller, registers_read(cpu, HCR_EL2), scr);
	call.pc = executed_at(cpu, translated_at);
	call.sp = registers_read(cpu, SP);
	record.from = call.caller.level;
	record.to = call.to;
	record.secure = call.caller.secure;
	record.pc = call.pc;
	read_arguments(cpu, &record);
	pthread_mutex_lock(&lock);
	call.number = record.number = ++last_number;
	pending_add(&call);
	trace_write(&record);
	pthread_mutex_unlock(&lock);
}

static void behind_smc(unsigned int cpu, void *translated_at)
{
	struct trace_record record = { .kind = TRACE_RETURN, .cpu = cpu };
	struct caller caller;
	struct pending call;
	uint64_t sp;
	bool found;

	if (!registers_known(cpu) || !caller_of(registers_read(cpu, CPSR), registers_read(cpu, SCR_EL3), &caller))
		return;
	record.pc = executed_at(cpu, translated_at) - 4;
	sp = registers_read(cpu, SP);
	read_arguments(cpu, &record);
	pthread_mutex_lock(&lock);
	found = pending_take(caller, record.pc, sp, &call);
	if (found) {
		record.number = call.number;
		record.from = caller.level;
		record.to = call.to;
		record.secure = caller.secure;
		trace_write(&record);
	}
	pthread_mutex_unlock(&lock);
}

/* SMC #imm16 (Arm ARM C6.2). */
static bool is_smc(uint32_t opcode)
{
	return (opcode & 0xffe0001f) == 0xd4000003;
}

static void *address_of(const struct qemu_plugin_insn *instruction)
{
	return (void *)(uintptr_t)qemu_plugin_insn_vaddr(instruction);
}

/* An SMC ends its block, and an ERET back to behind it starts one: no other instruction need be looked at. */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	size_t length = qemu_plugin_tb_n_insns(block);
	struct qemu_plugin_insn *first, *last;
	uint8_t code[4];

	(void)id;
	if (length == 0)
		return;
	first = qemu_plugin_tb_get_insn(block, 0);
	last = qemu_plugin_tb_get_insn(block, length - 1);
	if (return_sites_has(qemu_plugin_insn_haddr(first), qemu_plugin_insn_vaddr(first)))
		qemu_plugin_register_vcpu_insn_exec_cb(first, behind_smc, QEMU_PLUGIN_CB_R_REGS, address_of(first));
	if (qemu_plugin_insn_data(last, code, sizeof(code)) != sizeof(code))
		return;
	if (!is_smc(code[0] | code[1] << 8 | code[2] << 16 | (uint32_t)code[3] << 24))
		return;
	return_sites_add(qemu_plugin_insn_haddr(last), qemu_plugin_insn_vaddr(last));
	qemu_plugin_register_vcpu_insn_exec_cb(last, before_smc, QEMU_PLUGIN_CB_R_REGS, address_of(last));
}

static void cpu_made(qemu_plugin_id_t id, unsigned int cpu)
{
	(void)id;
	registers_find(cpu);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	const char *out = NULL;

	if (strcmp(info->target_name, "aarch64") || !info->system_emulation) {
		fprintf(stderr, "smc-trace: this is no AArch64 machine\n");
		return -1;
	}
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4)) {
			out = argv[i] + 4;
		} else if (!strcmp(argv[i], "psci=on")) {
			groups |= TRACE_PSCI;
		} else if (!strcmp(argv[i], "trng=on")) {
			groups |= TRACE_TRNG;
		} else {
			fprintf(stderr, "smc-trace: what is %s? There are out=FILE, psci=on and trng=on\n", argv[i]);
			return -1;
		}
	}
	if (!out) {
		fprintf(stderr, "smc-trace: say where to with out=FILE\n");
		return -1;
	}
	if (!trace_open(out, groups))
		return -1;
	qemu_plugin_register_vcpu_init_cb(id, cpu_made);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
