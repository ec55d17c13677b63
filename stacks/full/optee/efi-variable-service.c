// SPDX-License-Identifier: BSD-2-Clause
/*
 * The functions of gEfiSmmVariableProtocolGuid as EDK2's VariableSmmRuntimeDxe calls them (edk2 2025.02,
 * MdeModulePkg/Include/Guid/SmmVariableCommon.h), with the rules of UEFI 2.10, 8.2. Every length in a message is the
 * caller's word, and is held against the length of the message before it is used.
 */
#include "efi-variable-service.h"

#include <compiler.h>
#include <inttypes.h>
#include <string.h>
#include <trace.h>
#include <util.h>

#include "efi-variable-store.h"

#define EFI_SUCCESS		0
#define EFI_ERROR(n)		(BIT64(63) | (n))
#define EFI_INVALID_PARAMETER	EFI_ERROR(2)
#define EFI_UNSUPPORTED		EFI_ERROR(3)
#define EFI_BUFFER_TOO_SMALL	EFI_ERROR(5)
#define EFI_WRITE_PROTECTED	EFI_ERROR(8)
#define EFI_OUT_OF_RESOURCES	EFI_ERROR(9)
#define EFI_NOT_FOUND		EFI_ERROR(14)

enum function {
	GET_VARIABLE = 1,
	GET_NEXT_VARIABLE_NAME = 2,
	SET_VARIABLE = 3,
	QUERY_VARIABLE_INFO = 4,
	READY_TO_BOOT = 5,
	EXIT_BOOT_SERVICE = 6,
	LOCK_VARIABLE = 8,
	SET_PROPERTY = 9,
	GET_PAYLOAD_SIZE = 11,
};

#define ACCESS	(EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define STORED	(EFI_VARIABLE_NON_VOLATILE | ACCESS)

struct header {
	uint64_t function;
	uint64_t status;
};

/* Packed, because the name begins at 36, where C would count the structure to 40. */
struct access {
	uint8_t vendor[16];
	uint64_t data_size;
	uint64_t name_size;
	uint32_t attributes;
	uint8_t bytes[];	/* the name, then the data */
} __packed;

struct next {
	uint8_t vendor[16];
	uint64_t name_size;	/* what the caller has room for */
	uint8_t name[];
} __packed;

struct info {
	uint64_t store_size;
	uint64_t room;
	uint64_t variable_size_max;
	uint32_t attributes;
} __packed;

/* After ExitBootServices, until power-off. */
static bool at_runtime;

static bool is_visible(const struct efi_variable *variable)
{
	return variable && (!at_runtime || variable->attributes & EFI_VARIABLE_RUNTIME_ACCESS);
}

/* Returns the bytes of the name at the start of `name` with its terminator, 0 when there is no terminator in `size`. */
static size_t length_of_name(const uint8_t *name, size_t size)
{
	size_t n = 0;

	for (n = 0; n + 1 < size; n += 2)
		if (!name[n] && !name[n + 1])
			return n + 2;
	return 0;
}

/* Whether the name that a request has is one: not empty, and ended where it says. */
static bool read_name(const struct access *request, size_t size, struct efi_variable_name *name)
{
	if (size < sizeof(*request) || request->name_size > size - sizeof(*request))
		return false;
	*name = (struct efi_variable_name){
		.vendor = request->vendor,
		.name = request->bytes,
		.size = request->name_size,
	};
	return name->size > 2 && name->size <= EFI_VARIABLE_NAME_MAX &&
	       length_of_name(name->name, name->size) == name->size;
}

static uint64_t get_variable(struct access *request, size_t size)
{
	const struct efi_variable *variable = NULL;
	struct efi_variable_name name = { };
	uint64_t room = 0;

	if (!read_name(request, size, &name))
		return EFI_INVALID_PARAMETER;
	variable = efi_variable_find(&name);
	if (!is_visible(variable))
		return EFI_NOT_FOUND;
	room = MIN(request->data_size, (uint64_t)(size - sizeof(*request) - name.size));
	request->attributes = variable->attributes;
	request->data_size = variable->data_size;
	if (variable->data_size > room)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(request->bytes + name.size, variable->bytes + variable->name_size, variable->data_size);
	return EFI_SUCCESS;
}

static uint64_t get_next_variable_name(struct next *request, size_t size)
{
	const struct efi_variable *variable = NULL;
	struct efi_variable_name name = { };
	uint64_t room = 0;

	if (size < sizeof(*request))
		return EFI_INVALID_PARAMETER;
	name.vendor = request->vendor;
	name.name = request->name;
	name.size = length_of_name(request->name, size - sizeof(*request));
	if (!name.size)
		return EFI_INVALID_PARAMETER;
	/* An empty name asks for the first. */
	if (name.size > 2) {
		variable = efi_variable_find(&name);
		if (!is_visible(variable))
			return EFI_INVALID_PARAMETER;
	}
	do
		variable = efi_variable_after(variable);
	while (variable && !is_visible(variable));
	if (!variable)
		return EFI_NOT_FOUND;
	room = MIN(request->name_size, (uint64_t)(size - sizeof(*request)));
	request->name_size = variable->name_size;
	if (variable->name_size > room)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(request->vendor, variable->vendor, sizeof(variable->vendor));
	memcpy(request->name, variable->bytes, variable->name_size);
	return EFI_SUCCESS;
}

/* Returns EFI_SUCCESS when a variable may be written with these attributes by who runs now. */
static uint64_t check_attributes(uint32_t attributes, const struct efi_variable *variable)
{
	/* What a value must be signed for, and records of hardware errors. */
	if (attributes & ~STORED)
		return EFI_UNSUPPORTED;
	if (attributes & EFI_VARIABLE_RUNTIME_ACCESS && !(attributes & EFI_VARIABLE_BOOTSERVICE_ACCESS))
		return EFI_INVALID_PARAMETER;
	if (at_runtime && attributes & ACCESS &&
	    (attributes & STORED) != STORED)
		return EFI_INVALID_PARAMETER;
	if (at_runtime && variable && !(variable->attributes & EFI_VARIABLE_NON_VOLATILE))
		return EFI_WRITE_PROTECTED;
	return EFI_SUCCESS;
}

static uint64_t set_variable(const struct access *request, size_t size)
{
	const struct efi_variable *variable = NULL;
	struct efi_variable_name name = { };
	uint32_t attributes = 0;
	uint64_t status = EFI_SUCCESS;
	bool append = false;

	if (!read_name(request, size, &name) || request->data_size > size - sizeof(*request) - name.size)
		return EFI_INVALID_PARAMETER;
	append = request->attributes & EFI_VARIABLE_APPEND_WRITE;
	attributes = request->attributes & ~EFI_VARIABLE_APPEND_WRITE;
	variable = efi_variable_find(&name);
	if (!is_visible(variable))
		variable = NULL;
	status = check_attributes(attributes, variable);
	if (status)
		return status;
	if (!(attributes & ACCESS) || (!request->data_size && !append)) {
		if (!variable)
			return EFI_NOT_FOUND;
		efi_variable_remove(variable);
		return EFI_SUCCESS;
	}
	if (variable && variable->attributes != attributes)
		return EFI_INVALID_PARAMETER;
	/* A name that somebody else keeps for boot time is taken. */
	if (!variable && efi_variable_find(&name))
		return EFI_WRITE_PROTECTED;
	if (!request->data_size)
		return variable ? EFI_SUCCESS : EFI_NOT_FOUND;
	if (!efi_variable_put(&name, attributes, request->bytes + name.size, request->data_size, append))
		return EFI_OUT_OF_RESOURCES;
	return EFI_SUCCESS;
}

static uint64_t query_variable_info(struct info *request, size_t size)
{
	size_t room = efi_variable_room();

	if (size < sizeof(*request))
		return EFI_INVALID_PARAMETER;
	request->store_size = EFI_VARIABLE_STORE_SIZE;
	request->room = room;
	request->variable_size_max = MIN(room, (size_t)EFI_VARIABLE_SIZE_MAX);
	return EFI_SUCCESS;
}

static uint64_t get_payload_size(uint8_t *request, size_t size)
{
	const uint64_t payload = sizeof(struct access) + EFI_VARIABLE_SIZE_MAX;

	if (size < sizeof(payload))
		return EFI_INVALID_PARAMETER;
	memcpy(request, &payload, sizeof(payload));
	return EFI_SUCCESS;
}

static uint64_t serve(uint64_t function, uint8_t *request, size_t size)
{
	switch (function) {
	case GET_VARIABLE:
		return get_variable((struct access *)(void *)request, size);
	case GET_NEXT_VARIABLE_NAME:
		return get_next_variable_name((struct next *)(void *)request, size);
	case SET_VARIABLE:
		return set_variable((struct access *)(void *)request, size);
	case QUERY_VARIABLE_INFO:
		return query_variable_info((struct info *)(void *)request, size);
	case GET_PAYLOAD_SIZE:
		return get_payload_size(request, size);
	case EXIT_BOOT_SERVICE:
		at_runtime = true;
		return EFI_SUCCESS;
	case READY_TO_BOOT:
	case LOCK_VARIABLE:
	case SET_PROPERTY:
		/* Taken, so that the firmware goes on, and not enforced. */
		return EFI_SUCCESS;
	default:
		return EFI_UNSUPPORTED;
	}
}

int efi_variable_serve(uint8_t *message, size_t size)
{
	struct header *header = (struct header *)(void *)message;

	if (size < sizeof(*header))
		return -1;
	header->status = serve(header->function, message + sizeof(*header), size - sizeof(*header));
	DMSG("EFI variables: function %"PRIu64": %#"PRIx64, header->function, header->status);
	return 0;
}
