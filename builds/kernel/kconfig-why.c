// SPDX-License-Identifier: GPL-2.0
/*
 * Says why symbols have the values that they have, in Kconfig's own words: what the search of menuconfig prints
 * (`get_relations_str`, scripts/kconfig/menu.c). Linked against the objects that the kernel tree built for
 * scripts/kconfig/conf, so that it reads this tree's Kconfig files exactly as this tree does.
 *
 * Called as conf is called, with the same environment (KCONFIG_CONFIG names the configuration):
 *   kconfig-why Kconfig NAME...   for each name: a line `== NAME`, then `unknown`, or the relations and,
 *                                 for the member of a choice, `Choice: NAME=value ...`
 *   kconfig-why Kconfig           the names of all symbols that are defined, one a line
 *
 * Uses only what is the same from Linux 6.1 to 7.3; the way from a symbol to its choice is not, so it walks the menus.
 */
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lkc.h"

static bool defined(const struct symbol *sym)
{
	return sym && sym->name && sym->type != S_UNKNOWN && !(sym->flags & SYMBOL_CONST);
}

static void print_members(struct menu *menu)
{
	for (menu = menu->list; menu; menu = menu->next) {
		if (menu->sym && menu->sym->name) {
			sym_calc_value(menu->sym);
			printf(" %s=%s", menu->sym->name, sym_get_string_value(menu->sym));
		}
		print_members(menu);
	}
}

/* True when the symbol is below this menu; prints the choice that is nearest above it. */
static bool print_choice(struct menu *menu, const struct symbol *sym, struct menu *choice)
{
	if (menu->sym == sym) {
		if (choice) {
			printf("Choice:");
			print_members(choice);
			printf("\n");
		}
		return true;
	}
	if (menu->sym)
		choice = sym_is_choice(menu->sym) ? menu : NULL;
	for (menu = menu->list; menu; menu = menu->next)
		if (print_choice(menu, sym, choice))
			return true;
	return false;
}

static void print_why(const char *name)
{
	struct symbol *found[2] = { sym_find(name), NULL };
	struct gstr relations;

	printf("== %s\n", name);
	if (!defined(found[0])) {
		printf("unknown\n");
		return;
	}
	sym_calc_value(found[0]);
	relations = get_relations_str(found, NULL);
	printf("%s", str_get(&relations));
	str_free(&relations);
	print_choice(&rootmenu, found[0], NULL);
}

static void print_names(void)
{
	struct symbol **all = sym_re_search(".");

	for (int i = 0; all && all[i]; i++)
		if (defined(all[i]))
			printf("%s\n", all[i]->name);
	free(all);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: kconfig-why Kconfig [NAME...]\n");
		return 2;
	}
	conf_parse(argv[1]);
	if (conf_read(NULL)) {
		fprintf(stderr, "kconfig-why: cannot read the configuration\n");
		return 1;
	}
	if (argc == 2)
		print_names();
	for (int i = 2; i < argc; i++)
		print_why(argv[i]);
	return 0;
}
