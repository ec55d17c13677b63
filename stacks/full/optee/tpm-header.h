/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of a TPM 2.0 command or answer (TCG TPM 2.0 Library, Part 1, 18.2): tag, size, code, all big endian. */
#ifndef HYPLAB_TPM_HEADER_H
#define HYPLAB_TPM_HEADER_H

#include <stdint.h>

#define TPM_HEADER_SIZE		10

#define TPM_RC_SUCCESS		0x000
#define TPM_RC_INITIALIZE	0x100
#define TPM_RC_FAILURE		0x101

static inline uint32_t tpm_big_endian(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* The size of the whole command or answer, as its header claims. */
static inline uint32_t tpm_header_size(const uint8_t *header)
{
	return tpm_big_endian(header + 2);
}

static inline uint32_t tpm_header_code(const uint8_t *header)
{
	return tpm_big_endian(header + 6);
}

#endif /* HYPLAB_TPM_HEADER_H */
