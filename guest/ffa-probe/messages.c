// SPDX-License-Identifier: GPL-2.0
/*
 * One direct message to each partition, as harmless as can be: the service's own question for its version where we know
 * the service, else nothing but zeros.
 */
#include "ffa-probe.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uuid.h>

/* Arm DEN0138, the CRB of a TPM over FF-A: GET_INTERFACE_VERSION in w4 (drivers/char/tpm/tpm_crb_ffa.c). */
#define TPM "17b862a4-1806-4faf-86b3-089a58353861"
#define TPM_GET_INTERFACE_VERSION 0x0f000001
/* OP-TEE: w3 = 0 is OPTEE_FFA_GET_API_VERSION (drivers/tee/optee/optee_ffa.h), in the 32-bit convention as its driver. */
#define OPTEE "486178e0-e7f8-11e3-bc5e-0002a5d5c51b"
/* A secure partition's id that no partition here has. */
#define NOBODY 0xbffe

static u32 ids(u16 to)
{
	return (u32)own_id << 16 | to;
}

void ask_messages(void)
{
	for (unsigned int n = 0; n < partition_count; n++) {
		const struct partition *to = &partitions[n];
		bool narrow = strcmp(to->uuid, OPTEE) == 0 || !(to->properties & BIT(8));

		ask("FFA_MSG_SEND_DIRECT_REQ", to->uuid,
		    (registers){ .a0 = narrow ? FID_DIRECT_REQ : FID_DIRECT_REQ_64,
				 .a1 = ids(to->device->vm_id),
				 .a4 = strcmp(to->uuid, TPM) == 0 ? TPM_GET_INTERFACE_VERSION : 0 });
	}
}

/* To each, not only to those that say that they take it: who refuses it, and how, is what we want to know. */
void ask_messages2(void)
{
	for (unsigned int n = 0; n < partition_count; n++) {
		const struct partition *to = &partitions[n];
		u64 uuid[2];

		/* As ffa_msg_send_direct_req2 in driver.c. */
		memcpy(uuid, &to->device->uuid, sizeof(uuid));
		ask("FFA_MSG_SEND_DIRECT_REQ2", to->uuid,
		    (registers){ .a0 = FID_DIRECT_REQ2,
				 .a1 = ids(to->device->vm_id),
				 .a2 = le64_to_cpu((__force __le64)uuid[0]),
				 .a3 = le64_to_cpu((__force __le64)uuid[1]),
				 .a4 = strcmp(to->uuid, TPM) == 0 ? TPM_GET_INTERFACE_VERSION : 0 });
	}
}

/* What the SPMC says when there is no such partition: with it, its INVALID_PARAMETERS can be told from pKVM's. */
void ask_nobody(void)
{
	ask("FFA_MSG_SEND_DIRECT_REQ", "nobody", (registers){ .a0 = FID_DIRECT_REQ, .a1 = ids(NOBODY) });
}
