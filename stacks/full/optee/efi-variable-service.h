/* SPDX-License-Identifier: BSD-2-Clause */
/* EDK2's variable protocol of Standalone MM, on a message that nobody else can change. */
#ifndef HYPLAB_EFI_VARIABLE_SERVICE_H
#define HYPLAB_EFI_VARIABLE_SERVICE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Serves one request.
 * message: what follows the MM communicate header, any bytes, aligned to 8; the answer is put in its place
 * size: its length in bytes, which the answer has too
 * Returns 0, or -1 when it is too short to hold even an answer's status.
 */
int efi_variable_serve(uint8_t *message, size_t size);

#endif /* HYPLAB_EFI_VARIABLE_SERVICE_H */
