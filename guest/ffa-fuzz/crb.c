// SPDX-License-Identifier: GPL-2.0
#include "crb.h"

#include <linux/arm_ffa.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kernel.h>

#include "answer.h"
#include "garbage.h"

#define PAGE 0x1000
#define CRB_SIZE (CRB_LOCALITIES * PAGE)
#define GUARD_SIZE (12 * PAGE)
#define GUARD_WORD 0x68796c61

/* TCG PC Client Platform TPM Profile 1.05, section 6.5.3. */
#define LOC_CTRL 0x08
#define LOC_CTRL_REQUEST 1
#define LOC_CTRL_RELINQUISH 2
#define LOC_CTRL_SEIZE 4
#define CTRL_REQ 0x40
#define CTRL_START 0x4c
#define DATA 0x80
#define DATA_SIZE (PAGE - DATA)


/* As device memory: the secure world maps it so too, and mixed attributes would make what we see nobody's fault. */
static u8 __iomem *crb;

int crb_map(phys_addr_t physical)
{
	if (!physical)
		return 0;
	crb = ioremap(physical, CRB_SIZE + GUARD_SIZE);
	if (!crb)
		return -ENOMEM;
	for (unsigned int at = CRB_SIZE; at < CRB_SIZE + GUARD_SIZE; at += 4)
		writel(GUARD_WORD, crb + at);
	return 0;
}

void crb_unmap(void)
{
	if (crb)
		iounmap(crb);
	crb = NULL;
}

long crb_guard_broken(void)
{
	for (unsigned int at = CRB_SIZE; crb && at < CRB_SIZE + GUARD_SIZE; at += 4)
		if (readl(crb + at) != GUARD_WORD)
			return at;
	return -1;
}

static void big_endian(u8 __iomem *at, u32 value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		writeb(value >> shift, at++);
}

/* Mostly a request, so that commands get further; else anything. */
static void locality_request(u8 __iomem *page, struct rnd_state *random)
{
	static const u32 controls[] = {
		LOC_CTRL_REQUEST, LOC_CTRL_REQUEST, LOC_CTRL_REQUEST, LOC_CTRL_RELINQUISH, LOC_CTRL_SEIZE, 0,
		LOC_CTRL_REQUEST | LOC_CTRL_RELINQUISH, 0xffffffff,
	};

	writel(controls[prandom_u32_state(random) % ARRAY_SIZE(controls)], page + LOC_CTRL);
}

/* All that a command needs, so that it gets as far as the TPM; sizes on and beyond every edge. */
static void plausible_command(u8 __iomem *page, struct rnd_state *random)
{
	static const u32 sizes[] = {
		0, 1, 9, 10, 11, 12, 14, 22, DATA_SIZE - 1, DATA_SIZE, DATA_SIZE + 1, PAGE, 0x10000, 0x7fffffff, 0x80000000,
		0xffffffff,
	};

	writel(prandom_u32_state(random) & 1, page + CTRL_REQ);
	writew(0x0180, page + DATA);
	big_endian(page + DATA + 2, sizes[prandom_u32_state(random) % ARRAY_SIZE(sizes)]);
	/* TPM_CC_FIRST to TPM_CC_LAST and beyond. */
	big_endian(page + DATA + 6, 0x11f + prandom_u32_state(random) % 0x80);
	writel(1, page + CTRL_START);
}

bool crb_scribble(struct rnd_state *random, struct crb_start *start)
{
	u32 dice = prandom_u32_state(random);
	u32 locality = (dice >> 8) % 4 ? 0 : (dice >> 16) % CRB_LOCALITIES;
	u8 __iomem *page = crb + locality * PAGE;

	if (!crb)
		return false;
	*start = (struct crb_start){ .locality = locality };
	switch (dice % 8) {
	case 0 ... 1:
		return false;
	case 2 ... 3:
		start->qualifier = 1;
		locality_request(page, random);
		return true;
	case 4 ... 5:
		plausible_command(page, random);
		return true;
	case 6:
		/* One register of the control area, or one word of the command, while another CPU may wait for its answer. */
		writel((u32)edge(random), page + prandom_u32_state(random) % (DATA + 0x40) / 4 * 4);
		return false;
	default:
		for (unsigned int at = 0; at < DATA + 0x40; at += 4)
			writel(prandom_u32_state(random), page + at);
		return true;
	}
}

void crb_tidy(void (*send)(struct arm_smccc_1_2_regs *registers), u16 partition)
{
	/* From the highest: who gives up is followed by the highest that waits. */
	for (int locality = CRB_LOCALITIES; crb && locality-- > 0;) {
		struct arm_smccc_1_2_regs registers = {
			.a0 = FFA_MSG_SEND_DIRECT_REQ,
			.a1 = partition,
			.a4 = TPM_START,
			.a5 = 1,
			.a6 = locality,
		};

		writel(LOC_CTRL_RELINQUISH, crb + locality * PAGE + LOC_CTRL);
		send(&registers);
	}
}
