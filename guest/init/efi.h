/* EFI variables through efivarfs: each step is a record with its result and its time, so that one boot can show two clocks. */
#ifndef EFI_H
#define EFI_H
/* Milliseconds for each step. */
void efi_set_limit(int limit_ms);
/*
 * Mounts efivarfs at `folder`, lists, reads SecureBoot, and unmounts. `when` is before-modules or after-modules, `how` is
 * read, or write: then a variable of our own is written, read and deleted too. After a step that ran out of time
 * nothing more is tried.
 */
void efi_visit(const char *when, const char *how, const char *folder);
#endif
