// SPDX-License-Identifier: GPL-2.0
#include "answer.h"

#include <linux/arm_ffa.h>
#include <linux/bitops.h>
#include <linux/kernel.h>

/* DEN0077A 1.2, table of status codes: -1 NOT_SUPPORTED to -10 NOT_READY. */
#define FFA_STATUS_BUSY -4
#define FFA_STATUS_LAST -10

static bool is_tpm_status(u64 word)
{
	static const u32 known[] = {
		0x05000001, TPM_OK_RESULTS_RETURNED, 0x8e000001, 0x8e000002, 0x8e000005,
		0x8e000006, 0x8e000009,		     0x8e00000a, 0x8e00000b,
	};

	for (unsigned int n = 0; n < ARRAY_SIZE(known); n++)
		if (word == known[n])
			return true;
	return false;
}

/* The answer that belongs to the request, with sender and receiver the other way round. */
static bool fits(const struct arm_smccc_1_2_regs *request, const struct arm_smccc_1_2_regs *response)
{
	u32 ids = (u32)request->a1;

	if ((u32)response->a1 != ror32(ids, 16))
		return false;
	switch ((u32)request->a0) {
	case FFA_MSG_SEND_DIRECT_REQ:
		return (u32)response->a0 == FFA_MSG_SEND_DIRECT_RESP;
	case FFA_FN64_MSG_SEND_DIRECT_REQ:
		return (u32)response->a0 == FFA_FN64_MSG_SEND_DIRECT_RESP;
	case FUZZ_DIRECT_REQ2:
		return (u32)response->a0 == FUZZ_DIRECT_RESP2;
	default:
		return false;
	}
}

enum answer judge(const struct arm_smccc_1_2_regs *request, const struct arm_smccc_1_2_regs *response, bool is_tpm)
{
	s32 status = (s32)response->a2;

	if ((u32)response->a0 == FFA_ERROR) {
		if (status == FFA_STATUS_BUSY)
			return BUSY;
		return status < 0 && status >= FFA_STATUS_LAST ? REFUSED : STRANGE;
	}
	if (!fits(request, response))
		return STRANGE;
	return !is_tpm || is_tpm_status(response->a4) ? ANSWERED : STRANGE;
}
