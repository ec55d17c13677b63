#include "parameters.h"

#include <stdbool.h>
#include <string.h>

/* The length of the word at `at`: up to a space that stands in no quotes. */
static size_t word_length(const char *at)
{
	bool quoted = false;
	size_t length = 0;

	for (; at[length] && at[length] != '\n' && (quoted || at[length] != ' '); length++)
		quoted ^= at[length] == '"';
	return length;
}

static char plain(char letter)
{
	return letter == '-' ? '_' : letter;
}

/* How long `MODULE.` is at the beginning of this word, or 0. */
static size_t prefix_length(const char *word, size_t length, const char *module)
{
	size_t at = 0;

	while (at < length && module[at] && plain(word[at]) == plain(module[at]))
		at++;
	return module[at] == '\0' && at < length && word[at] == '.' ? at + 1 : 0;
}

void parameters_of(const char *module, const char *command_line, char *parameters, size_t room)
{
	size_t used = 0;

	parameters[0] = '\0';
	while (*command_line) {
		size_t length = word_length(command_line);
		size_t prefix = prefix_length(command_line, length, module);
		size_t rest = length - prefix;

		if (prefix > 0 && used + (used > 0) + rest + 1 <= room) {
			if (used > 0)
				parameters[used++] = ' ';
			memcpy(parameters + used, command_line + prefix, rest);
			used += rest;
			parameters[used] = '\0';
		}
		command_line += length + (command_line[length] != '\0');
	}
}
