/* SHA256_CTX is a plain value, which a Swift struct can hold and copy; the newer interface hands out
   heap objects only. Naming 1.1.1 keeps OpenSSL 3 from marking it as deprecated. */
#define OPENSSL_API_COMPAT 0x10101000L
#include <openssl/sha.h>
