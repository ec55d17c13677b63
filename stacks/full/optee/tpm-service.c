// SPDX-License-Identifier: BSD-2-Clause
/*
 * The TPM service as a logical partition of the SPMC: Arm DEN0138 1.0 over FFA_MSG_SEND_DIRECT_REQ, or over
 * FFA_MSG_SEND_DIRECT_REQ2 too (CFG_HYPLAB_TPM_DIRECT_REQ2). The caller is not trusted with anything.
 */
#include "tpm-service.h"

#include <ffa.h>
#include <initcall.h>
#include <kernel/spinlock.h>
#include <kernel/spmc_sp_handler.h>
#include <kernel/thread_spmc.h>
#include <sm/optee_smc.h>
#include <string.h>
#include <trace.h>

#include "tpm-crb.h"
#include "tpm-tis.h"

/* Ids of secure partitions have it; the SPMD lets no normal world caller send under such an id (TF-A spmd_main.c). */
#define SECURE_ID	BIT(15)

/* Function id and arguments: x4 to x6, of which FFA_MSG_SEND_DIRECT_REQ_32 gives the lower halves. */
struct request {
	uint16_t source;
	uint64_t function;
	uint64_t arguments[2];
};

static unsigned int lock = SPINLOCK_UNLOCK;

static enum tpm_status feature_info(const struct request *request)
{
	/* There is no other feature. */
	return request->arguments[0] == TPM_FEATURE_NOTIFICATION ? TPM_NOTSUP : TPM_INVARG;
}

static enum tpm_status start(const struct request *request)
{
	uint64_t qualifier = request->arguments[0];
	uint64_t locality = request->arguments[1];

	if (qualifier > TPM_START_LOCALITY_REQUEST || locality > TPM_HIGHEST_LOCALITY)
		return TPM_INVARG;
	if (!tpm_crb_is_open(locality))
		return TPM_DENIED;
	if (qualifier == TPM_START_LOCALITY_REQUEST)
		return tpm_crb_locality_request(locality);
	return tpm_crb_command(locality);
}

static enum tpm_status manage_locality(const struct request *request)
{
	uint64_t operation = request->arguments[0];
	uint64_t locality = request->arguments[1];

	if (!(request->source & SECURE_ID))
		return TPM_DENIED;
	if (operation > TPM_MANAGE_CLOSE || locality > TPM_HIGHEST_LOCALITY)
		return TPM_INVARG;
	return tpm_crb_manage(locality, operation == TPM_MANAGE_OPEN);
}

static enum tpm_status serve(const struct request *request)
{
	switch (request->function) {
	case TPM_GET_INTERFACE_VERSION:
		return TPM_OK_RESULTS_RETURNED;
	case TPM_GET_FEATURE_INFO:
		return feature_info(request);
	case TPM_START:
		return start(request);
	case TPM_MANAGE_LOCALITY:
		return manage_locality(request);
	case TPM_REGISTER_FOR_NOTIFICATION:
	case TPM_UNREGISTER_NOTIFICATION:
	case TPM_FINISH_NOTIFIED:
		return TPM_NOTSUP;
	default:
		return TPM_NOFUNC;
	}
}

static struct request read_request(const struct thread_smc_1_2_regs *args)
{
	bool wide = OPTEE_SMC_IS_64(args->a0);

	return (struct request){
		.source = FFA_SRC(args->a1),
		.function = wide ? args->a4 : (uint32_t)args->a4,
		.arguments = { wide ? args->a5 : (uint32_t)args->a5, wide ? args->a6 : (uint32_t)args->a6 },
	};
}

static uint32_t response_to(uint32_t function)
{
	switch (function) {
	case FFA_MSG_SEND_DIRECT_REQ2:
		return FFA_MSG_SEND_DIRECT_RESP2;
	case FFA_MSG_SEND_DIRECT_REQ_64:
		return FFA_MSG_SEND_DIRECT_RESP_64;
	default:
		return FFA_MSG_SEND_DIRECT_RESP_32;
	}
}

static void direct_request(struct thread_smc_1_2_regs *args)
{
	struct request request = read_request(args);
	enum tpm_status status = TPM_OK;
	struct thread_smc_1_2_regs answer = {
		.a0 = response_to(args->a0),
		.a1 = SHIFT_U32(FFA_DST(args->a1), 16) | FFA_SRC(args->a1),
	};

	/* w2 of the first version is flags, of which bit 31 marks a framework message: we know none. */
	if (args->a0 != FFA_MSG_SEND_DIRECT_REQ2 && (uint32_t)args->a2) {
		spmc_set_args(args, FFA_ERROR, FFA_PARAM_MBZ, FFA_INVALID_PARAMETERS, FFA_PARAM_MBZ, FFA_PARAM_MBZ,
			      FFA_PARAM_MBZ);
		return;
	}
	/* A command may take seconds. Who comes meanwhile, on another CPU, is told so and not held with interrupts masked. */
	if (!cpu_spin_trylock(&lock)) {
		spmc_set_args(args, FFA_ERROR, FFA_PARAM_MBZ, FFA_BUSY, FFA_PARAM_MBZ, FFA_PARAM_MBZ, FFA_PARAM_MBZ);
		return;
	}
	status = serve(&request);
	cpu_spin_unlock(&lock);

	answer.a4 = status;
	if (status == TPM_OK_RESULTS_RETURNED)
		answer.a5 = TPM_INTERFACE_VERSION;
	*args = answer;
}

static struct spmc_lsp_desc partition = {
	.name = "TPM",
	.direct_req = direct_request,
	.properties = FFA_PART_PROP_DIRECT_REQ_RECV |
#ifdef CFG_HYPLAB_TPM_DIRECT_REQ2
		      FFA_PART_PROP_DIRECT_REQ2_RECV |
#endif
		      FFA_PART_PROP_AARCH64_STATE,
	/* 17b862a4-1806-4faf-86b3-089a58353861, from DEN0138 */
	.uuid_words = { 0xa462b817, 0xaf4f0618, 0x9a08b386, 0x61383558 },
};

static TEE_Result tpm_service_init(void)
{
	uint32_t did_vid = 0;
	TEE_Result res = tpm_tis_init(&did_vid);

	if (!res)
		res = tpm_crb_init(did_vid);
	if (res) {
		/* Without the partition, not without the SPMC: a TPM that is broken is the normal world's to find out. */
		EMSG("There is no TPM service: %#"PRIx32, res);
		return TEE_SUCCESS;
	}
	IMSG("TPM service: a TPM %#"PRIx32" behind the CRBs at %#x", did_vid, CFG_HYPLAB_TPM_CRB_BASE);
	return spmc_register_lsp(&partition);
}

/* After nex_service_init, at which the SPMC registers its own partitions: the list begins with them. */
nex_service_init_late(tpm_service_init);
