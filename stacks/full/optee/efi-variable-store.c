// SPDX-License-Identifier: BSD-2-Clause
/*
 * Records one after another, without gaps: a variable that goes is closed over, one that changes is written anew at the
 * end. The store is small, so that a search from the start is quicker than any index would pay for.
 */
#include "efi-variable-store.h"

#include <string.h>
#include <util.h>

static uint8_t store[EFI_VARIABLE_STORE_SIZE] __aligned(8);
static size_t used;

static struct efi_variable *at(size_t offset)
{
	return (struct efi_variable *)(void *)(store + offset);
}

static size_t offset_of(const struct efi_variable *variable)
{
	return (const uint8_t *)variable - store;
}

const struct efi_variable *efi_variable_after(const struct efi_variable *variable)
{
	size_t next = variable ? offset_of(variable) + variable->size : 0;

	return next < used ? at(next) : NULL;
}

const struct efi_variable *efi_variable_find(const struct efi_variable_name *name)
{
	const struct efi_variable *variable = NULL;

	while ((variable = efi_variable_after(variable)))
		if (variable->name_size == name->size && !memcmp(variable->vendor, name->vendor, 16) &&
		    !memcmp(variable->bytes, name->name, name->size))
			return variable;
	return NULL;
}

void efi_variable_remove(const struct efi_variable *variable)
{
	size_t start = offset_of(variable);
	size_t size = variable->size;

	memmove(store + start, store + start + size, used - start - size);
	used -= size;
}

bool efi_variable_put(const struct efi_variable_name *name, uint32_t attributes, const uint8_t *data, size_t data_size,
		      bool append)
{
	const struct efi_variable *old = efi_variable_find(name);
	size_t kept = old && append ? old->data_size : 0;
	size_t size = 0;
	struct efi_variable *new = NULL;

	/* The caller's sizes are below a message's, far from where these sums could wrap. */
	if (name->size + kept + data_size > EFI_VARIABLE_SIZE_MAX)
		return false;
	size = ROUNDUP(sizeof(*new) + name->size + kept + data_size, 8);
	/* The room of the old one is not counted on: it goes when the new one is whole. */
	if (size > sizeof(store) - used)
		return false;
	new = at(used);
	new->size = size;
	new->attributes = attributes;
	new->name_size = name->size;
	new->data_size = kept + data_size;
	memcpy(new->vendor, name->vendor, 16);
	memcpy(new->bytes, name->name, name->size);
	if (kept)
		memcpy(new->bytes + name->size, old->bytes + old->name_size, kept);
	memcpy(new->bytes + name->size + kept, data, data_size);
	used += size;
	if (old)
		efi_variable_remove(old);
	return true;
}

size_t efi_variable_room(void)
{
	size_t left = sizeof(store) - used;

	return left > sizeof(struct efi_variable) ? left - sizeof(struct efi_variable) : 0;
}
