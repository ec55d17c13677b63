// SPDX-License-Identifier: BSD-2-Clause
/*
 * EFI variables as a logical partition of the SPMC: what StandaloneMm is to the normal world's MmCommunicationDxe and
 * VariableSmmRuntimeDxe (edk2 2025.02). A message is an FFA_MSG_SEND_DIRECT_REQ with the physical address of the one
 * buffer in x3; in the buffer is an MM communicate header (PI 1.8, volume 4, 5.3) and a request. It is copied, looked at,
 * answered, and copied back: what the caller does to the buffer meanwhile is lost.
 *
 * What it does not do, and a product would: it does not authenticate (variables that need it are refused), keeps nothing
 * over a power cycle, enforces no variable locks and policies, and counts no use. It runs in the SPMC with interrupts
 * masked, for as long as 64 KiB take to be searched and copied. Machines of this stack have memory at
 * CFG_HYPLAB_EFI_VARIABLES_BUFFER; on one that has none there, the first message is an abort.
 */
#include <ffa.h>
#include <initcall.h>
#include <kernel/spinlock.h>
#include <kernel/spmc_sp_handler.h>
#include <kernel/thread_spmc.h>
#include <mm/core_memprot.h>
#include <mm/core_mmu.h>
#include <sm/optee_smc.h>
#include <string.h>
#include <trace.h>

#include "efi-variable-service.h"

#define BUFFER_SIZE	0x10000

struct communicate_header {
	uint8_t guid[16];
	uint64_t length;	/* of what follows, in bytes */
};

/* By small pages: beyond the buffer nothing is mapped that a wrong index could reach. */
register_phys_mem(MEM_AREA_RAM_NSEC, CFG_HYPLAB_EFI_VARIABLES_BUFFER, BUFFER_SIZE);

/* gEfiSmmVariableProtocolGuid, ed32d533-99e6-4209-9cc0-2d72cdd998a7, and gVarCheckPolicyLibMmiHandlerGuid,
 * da1b0d11-d1a7-46c4-9dc9-f3714875c6eb, as EFI keeps GUIDs in memory. */
static const uint8_t variable_guid[] = {
	0x33, 0xd5, 0x32, 0xed, 0xe6, 0x99, 0x09, 0x42, 0x9c, 0xc0, 0x2d, 0x72, 0xcd, 0xd9, 0x98, 0xa7,
};
static const uint8_t policy_guid[] = {
	0x11, 0x0d, 0x1b, 0xda, 0xa7, 0xd1, 0xc4, 0x46, 0x9d, 0xc9, 0xf3, 0x71, 0x48, 0x75, 0xc6, 0xeb,
};

/* Head of a variable policy message (edk2 2025.02, MdeModulePkg/Include/Guid/VarCheckPolicyMmi.h). */
struct policy_header {
	uint32_t signature;
	uint32_t revision;
	uint32_t command;
	uint64_t result;
} __packed;

static unsigned int lock = SPINLOCK_UNLOCK;
static uint8_t *buffer;
static uint8_t message[BUFFER_SIZE] __aligned(8);

static int serve(uint64_t address)
{
	struct communicate_header *header = (struct communicate_header *)(void *)message;
	uint8_t *request = message + sizeof(*header);

	if (address != CFG_HYPLAB_EFI_VARIABLES_BUFFER)
		return FFA_INVALID_PARAMETERS;
	memcpy(header, buffer, sizeof(*header));
	if (!header->length || header->length > BUFFER_SIZE - sizeof(*header))
		return FFA_INVALID_PARAMETERS;
	memcpy(request, buffer + sizeof(*header), header->length);

	if (!memcmp(header->guid, variable_guid, sizeof(variable_guid))) {
		if (efi_variable_serve(request, header->length))
			return FFA_INVALID_PARAMETERS;
	} else if (!memcmp(header->guid, policy_guid, sizeof(policy_guid))) {
		/* Taken, so that the firmware goes on, and not enforced. */
		if (header->length >= sizeof(struct policy_header))
			((struct policy_header *)(void *)request)->result = 0;
	}
	/* Others are events of the boot, e.g. gEfiEndOfDxeEventGroupGuid: StandaloneMm answers those that it does not know
	 * with the message as it is. */
	memcpy(buffer, message, sizeof(*header) + header->length);
	return FFA_OK;
}

static void direct_request(struct thread_smc_1_2_regs *args)
{
	bool wide = OPTEE_SMC_IS_64(args->a0);
	struct thread_smc_1_2_regs answer = {
		.a0 = wide ? FFA_MSG_SEND_DIRECT_RESP_64 : FFA_MSG_SEND_DIRECT_RESP_32,
		.a1 = SHIFT_U32(FFA_DST(args->a1), 16) | FFA_SRC(args->a1),
	};
	int rc = FFA_INVALID_PARAMETERS;

	/* w2 is flags, of which bit 31 marks a framework message: we know none. */
	if (!(uint32_t)args->a2) {
		/* There is one buffer: who comes with it from another CPU meanwhile is told so, and not held. */
		rc = FFA_BUSY;
		if (cpu_spin_trylock(&lock)) {
			rc = serve(wide ? args->a3 : (uint32_t)args->a3);
			cpu_spin_unlock(&lock);
		}
	}
	if (rc)
		spmc_set_args(args, FFA_ERROR, FFA_PARAM_MBZ, rc, FFA_PARAM_MBZ, FFA_PARAM_MBZ, FFA_PARAM_MBZ);
	else
		*args = answer;
}

static struct spmc_lsp_desc partition = {
	.name = "EFI variables",
	.direct_req = direct_request,
	.properties = FFA_PART_PROP_DIRECT_REQ_RECV | FFA_PART_PROP_AARCH64_STATE,
	/* gEfiMmCommunication2ProtocolGuid, 378daedc-f06b-4446-8314-40ab933c87a3 */
	.uuid_words = { 0xdcae8d37, 0x46446bf0, 0xab401483, 0xa3873c93 },
};

static TEE_Result efi_variables_init(void)
{
	buffer = phys_to_virt(CFG_HYPLAB_EFI_VARIABLES_BUFFER, MEM_AREA_RAM_NSEC, BUFFER_SIZE);
	if (!buffer)
		return TEE_ERROR_GENERIC;
	IMSG("EFI variables: MM communicate buffer at %#x", CFG_HYPLAB_EFI_VARIABLES_BUFFER);
	return spmc_register_lsp(&partition);
}

/* After nex_service_init, at which the SPMC registers its own partitions: the list begins with them. */
nex_service_init_late(efi_variables_init);
