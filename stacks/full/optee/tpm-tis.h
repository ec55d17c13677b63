/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM behind the partition: a FIFO ("TIS") TPM 2.0 as QEMU's tpm-tis-device, TCG PC Client Platform TPM Profile 1.05,
 * section 6.5.2.
 */
#ifndef HYPLAB_TPM_TIS_H
#define HYPLAB_TPM_TIS_H

#include <stddef.h>
#include <stdint.h>
#include <tee_api_types.h>

/* Maps the TPM and sends TPM2_Startup. Vendor and device id as in TPM_DID_VID. */
TEE_Result tpm_tis_init(uint32_t *did_vid);

/*
 * Sends the command of @command_size bytes in @buffer, from @locality 0 to 4, and puts the answer in its place.
 * @room is the size of the buffer; no byte beyond it is touched, whatever the TPM says.
 * TEE_ERROR_SHORT_BUFFER: the TPM's answer does not fit. TEE_ERROR_COMMUNICATION: the TPM did not do what it should in
 * time; it was told to drop the command.
 */
TEE_Result tpm_tis_transmit(unsigned int locality, uint8_t *buffer, size_t command_size, size_t room,
			    size_t *answer_size);

#endif /* HYPLAB_TPM_TIS_H */
