#include <stddef.h>
#include <stdint.h>

/* libFuzzer has no header of its own for this. */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));
