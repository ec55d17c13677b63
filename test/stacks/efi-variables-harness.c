/*
 * The EFI variable service of the secure world on this host, with the sanitizers on. Each message is in a block of exactly
 * its size, so that one byte too far is seen.
 *
 *   harness             answers messages: u32 length in host order, then the message; the same for answers, length 0 when
 *                       the service refuses
 *   harness SEED COUNT  sends itself COUNT messages that are nearly right, and prints how often each status came
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "efi-variable-service.h"
#include "efi-variable-store.h"

static void answer_messages(void)
{
	uint32_t size = 0;

	while (fread(&size, sizeof(size), 1, stdin) == 1) {
		uint8_t *message = malloc(size);

		if (fread(message, 1, size, stdin) != size)
			exit(1);
		if (efi_variable_serve(message, size))
			size = 0;
		fwrite(&size, sizeof(size), 1, stdout);
		fwrite(message, 1, size, stdout);
		fflush(stdout);
		free(message);
	}
}

static uint64_t state;

static uint64_t any(uint64_t below)
{
	/* xorshift64 */
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/* A length: mostly one that could be right, else the worst. */
static uint64_t any_length(uint64_t likely)
{
	static const uint64_t worst[] = { 0, 1, 2, 3, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 35, INT64_MAX, 0x10000, 0xffff };

	return any(8) ? any(likely + 2) : worst[any(sizeof(worst) / sizeof(worst[0]))];
}

static size_t fill(uint8_t *message, size_t room)
{
	size_t size = any(16) ? 16 + any(160) : any(2) ? any(room) : any(20);
	/* EXIT_BOOT_SERVICE, 6, has its time. */
	uint64_t function = any(16) ? 1 + any(4) : 7 + any(9);
	uint64_t data_size = any(8) ? any_length(64) : any(size + 1);
	uint64_t name_size = any(4) ? 4 : any_length(24);
	uint32_t attributes = any(4) ? 7 : any(4) ? any(8) : any(256);
	size_t n = 0;

	memset(message, 0, room);
	for (n = 16; n < size; n++)
		message[n] = any(4) ? 0 : any(256);
	memcpy(message, &function, 8);
	memset(message + 16, any(2), 16);
	if (function == 2) {
		memcpy(message + 32, &name_size, 8);
		memset(message + 40, 0, 4);
		message[40] = any(3);
	} else {
		memcpy(message + 32, &data_size, 8);
		memcpy(message + 40, &name_size, 8);
		memcpy(message + 48, &attributes, 4);
		memset(message + 52, 0, 4);
		message[52] = 1 + any(200);
	}
	return size;
}

static void check_store(void)
{
	const struct efi_variable *variable = NULL;
	size_t total = 0;

	while ((variable = efi_variable_after(variable))) {
		total += variable->size;
		if (variable->name_size < 4 || variable->name_size % 2 || variable->size % 8 ||
		    sizeof(*variable) + variable->name_size + variable->data_size > variable->size)
			abort();
	}
	if (total > EFI_VARIABLE_STORE_SIZE)
		abort();
}

static void fuzz(uint64_t count)
{
	static uint8_t draft[0x10000];
	uint64_t statuses[16] = { };
	uint64_t refused = 0;
	uint64_t n = 0;
	unsigned int code = 0;

	for (n = 0; n < count; n++) {
		size_t size = fill(draft, sizeof(draft));
		uint8_t *message = malloc(size ? size : 1);
		uint64_t status = 0;

		/* The second half is after ExitBootServices. */
		if (n == count / 2) {
			size = 16;
			memset(draft, 0, size);
			draft[0] = 6;
			free(message);
			message = malloc(size);
		}
		memcpy(message, draft, size);
		if (efi_variable_serve(message, size)) {
			refused++;
		} else {
			memcpy(&status, message + 8, 8);
			statuses[status & 15]++;
		}
		free(message);
		check_store();
	}
	printf("refused %" PRIu64 "\n", refused);
	for (code = 0; code < 16; code++)
		if (statuses[code])
			printf("%u %" PRIu64 "\n", code, statuses[code]);
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		state = strtoull(argv[1], NULL, 0);
		fuzz(strtoull(argv[2], NULL, 0));
	} else {
		answer_messages();
	}
	return 0;
}
