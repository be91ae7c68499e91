#include "digest.h"

#include <openssl/evp.h>

/* The struct is OpenSSL's own context under our name. */
static EVP_MD_CTX *context_of(struct digest *digest)
{
    return (EVP_MD_CTX *)digest;
}

struct digest *digest_new(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(context);
        context = NULL;
    }
    return (struct digest *)context;
}

void digest_free(struct digest *digest)
{
    EVP_MD_CTX_free(context_of(digest));
}

bool digest_add(struct digest *digest, const void *bytes, size_t len)
{
    return EVP_DigestUpdate(context_of(digest), bytes, len) == 1;
}

bool digest_end(struct digest *digest, char hex[DIGEST_HEX_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len;
    if (EVP_DigestFinal_ex(context_of(digest), bytes, &len) != 1)
        return false;
    for (unsigned i = 0; i < len; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * len] = '\0';
    return true;
}
