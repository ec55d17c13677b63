/* Real commands to a TPM's character device: that one came back is the only proof that the TPM works. */
#ifndef TPM_H
#define TPM_H
/* Milliseconds for each command. */
void tpm_set_limit(int limit_ms);
/* Sends a `tpm-command` record for each of our commands, whatever became of it. None of them changes anything in the TPM. */
void tpm_ask(const char *device);
#endif
