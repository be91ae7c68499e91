/*
 * SHA-256 of a stream of bytes.  The only user of OpenSSL.
 */
#ifndef NOL_DIGEST_H
#define NOL_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_HEX_LEN = 64 };

struct digest; /* one running digest */

/** digest_new(): start one; NULL when OpenSSL cannot.  Free with digest_free(). */
struct digest *digest_new(void);
void digest_free(struct digest *digest);

/** digest_add(digest, bytes, len): false when OpenSSL fails. */
bool digest_add(struct digest *digest, const void *bytes, size_t len);

/** digest_end(digest, hex): the digest of all bytes added, as lower-case hexadecimal,
 * NUL-terminated. */
bool digest_end(struct digest *digest, char hex[DIGEST_HEX_LEN + 1]);

#endif
