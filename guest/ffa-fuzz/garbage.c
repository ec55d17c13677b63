// SPDX-License-Identifier: GPL-2.0
#include "garbage.h"

#include <linux/arm_ffa.h>
#include <linux/bits.h>
#include <linux/kernel.h>

#include "answer.h"

static u64 any(struct rnd_state *random)
{
	return (u64)prandom_u32_state(random) << 32 | prandom_u32_state(random);
}

u64 edge(struct rnd_state *random)
{
	/* Small numbers, powers of two and their neighbours, addresses of RAM, flash, secure RAM, the TPM and its CRB. */
	static const u64 edges[] = {
		0, 1, 2, 3, 4, 5, 0xff, 0x100, 0x1000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
		0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x40000000, 0x0e100000, 0x0c000000, 0xc0000000,
		0xc0004000, 0xc0010000,
	};
	u32 dice = prandom_u32_state(random);

	if (dice % 4 == 0)
		return any(random) >> (dice >> 8) % 64;
	return edges[(dice >> 8) % ARRAY_SIZE(edges)];
}

static u64 tpm_function(struct rnd_state *random)
{
	/* START more often than the others: there is most behind it. */
	static const u32 functions[] = {
		0x0f000001, 0x0f000101, 0x0f000201, 0x0f000201, 0x0f000201,
		0x0f000301, 0x0f000401, 0x0f000501, 0x1f000001, 0x0f00ffff,
	};

	return functions[prandom_u32_state(random) % ARRAY_SIZE(functions)];
}

static u64 ids(struct rnd_state *random, u16 partition)
{
	u32 dice = prandom_u32_state(random);
	u64 sender = dice % 8 ? 0 : edge(random) & 0xffff;
	u64 receiver = (dice >> 8) % 16 ? partition : edge(random) & 0xffff;
	u64 above = (dice >> 16) % 16 ? 0 : any(random) << 32;

	return above | sender << 16 | receiver;
}

/* The UUID of DEN0138's service as FFA_MSG_SEND_DIRECT_REQ2 wants it, any, or a wrong one. */
static void uuid(struct arm_smccc_1_2_regs *registers, struct rnd_state *random)
{
	u32 dice = prandom_u32_state(random) % 4;

	registers->a2 = dice == 0 ? edge(random) : dice == 1 ? 0 : 0xaf4f0618a462b817;
	registers->a3 = dice == 0 ? edge(random) : dice == 1 ? 0 : 0x613835589a08b386;
}

struct arm_smccc_1_2_regs garbage(struct rnd_state *random, u16 partition)
{
	static const u32 kinds[] = { FFA_MSG_SEND_DIRECT_REQ, FFA_FN64_MSG_SEND_DIRECT_REQ, FUZZ_DIRECT_REQ2 };
	u32 dice = prandom_u32_state(random);
	struct arm_smccc_1_2_regs registers = {
		.a0 = kinds[dice % ARRAY_SIZE(kinds)],
		.a1 = ids(random, partition),
		.a3 = edge(random),
		.a4 = dice & BIT(8) ? tpm_function(random) : edge(random),
		.a5 = edge(random),
		.a6 = edge(random),
		.a7 = edge(random),
		.a8 = edge(random),
		.a12 = any(random),
		.a17 = any(random),
	};

	if (registers.a0 == FUZZ_DIRECT_REQ2)
		uuid(&registers, random);
	else if ((dice >> 16) % 8 == 0)
		registers.a2 = edge(random);
	if (dice & BIT(9)) {
		registers.a5 &= 1;
		registers.a6 &= 7;
	}
	return registers;
}
