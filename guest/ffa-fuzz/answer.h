/* SPDX-License-Identifier: GPL-2.0 */
/* What an answer to a direct request is worth. */
#ifndef HYPLAB_FUZZ_ANSWER_H
#define HYPLAB_FUZZ_ANSWER_H

#include <linux/arm-smccc.h>
#include <linux/types.h>

enum answer {
	ANSWERED,	/* by the partition, in the words of its service */
	REFUSED,	/* FFA_ERROR with a status that DEN0077A knows */
	BUSY,		/* the same, FFA_BUSY: somebody else is in there */
	STRANGE,	/* anything else */
	ANSWERS,
};

/* DEN0138: functions of the TPM service, in w4 of a request, and what the first answers there. */
#define TPM_GET_INTERFACE_VERSION 0x0f000001
#define TPM_START 0x0f000201
#define TPM_OK_RESULTS_RETURNED 0x05000002

/* The FF-A ids that are missing in the headers of older kernels. */
#define FUZZ_DIRECT_REQ2 0xc400008d
#define FUZZ_DIRECT_RESP2 0xc400008e

enum answer judge(const struct arm_smccc_1_2_regs *request, const struct arm_smccc_1_2_regs *response, bool is_tpm);

#endif
