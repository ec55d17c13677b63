/* SPDX-License-Identifier: BSD-2-Clause */
/* A store of EFI variables in secure memory. It lasts from power-on to power-off. */
#ifndef HYPLAB_EFI_VARIABLE_STORE_H
#define HYPLAB_EFI_VARIABLE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UEFI 2.10, 8.2.1: attributes of a variable. */
#define EFI_VARIABLE_NON_VOLATILE	0x01
#define EFI_VARIABLE_BOOTSERVICE_ACCESS	0x02
#define EFI_VARIABLE_RUNTIME_ACCESS	0x04
#define EFI_VARIABLE_APPEND_WRITE	0x40

/* Bytes for all variables, and the most that one may have as name and data together. */
#define EFI_VARIABLE_STORE_SIZE	0x10000
#define EFI_VARIABLE_SIZE_MAX	0x4000
/* In bytes, with the terminator. */
#define EFI_VARIABLE_NAME_MAX	1024

/* What names a variable. `name` is UCS-2 with its terminator, `size` bytes long, and need not be aligned. */
struct efi_variable_name {
	const uint8_t *vendor;	/* 16 bytes */
	const uint8_t *name;
	size_t size;
};

struct efi_variable {
	uint32_t size;		/* of the whole record, a multiple of 8 */
	uint32_t attributes;
	uint32_t name_size;
	uint32_t data_size;
	uint8_t vendor[16];
	uint8_t bytes[];	/* the name, then the data */
};

/* Returns the variable of that name, NULL when there is none. It is valid until the store is changed. */
const struct efi_variable *efi_variable_find(const struct efi_variable_name *name);

/* Returns the variable after this one, the first after NULL, NULL after the last. */
const struct efi_variable *efi_variable_after(const struct efi_variable *variable);

/*
 * Gives a variable this value, behind the one that it has when `append` is set.
 * Returns false, and changes nothing, when there is no room.
 */
bool efi_variable_put(const struct efi_variable_name *name, uint32_t attributes, const uint8_t *data, size_t data_size,
		      bool append);

/* Removes a variable that efi_variable_find() has found. */
void efi_variable_remove(const struct efi_variable *variable);

/* Returns how many bytes of name and data one more variable could have. */
size_t efi_variable_room(void);

#endif /* HYPLAB_EFI_VARIABLE_STORE_H */
