/* The kernel's own file systems. */
#ifndef MOUNTS_H
#define MOUNTS_H
/* Mounts what it can, also the device nodes where devtmpfs is missing. */
void mounts_make(void);
/* Mounts and unmounts the EFI variables: apart from the rest, since mounting asks the firmware. 0 or a negative errno. */
int efivarfs_mount(const char *where);
int efivarfs_unmount(const char *where);
/* Sends a record for each attempt; apart from the making, since the channel is found through what is mounted. */
void mounts_report(void);
#endif
