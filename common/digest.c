#include "common/digest.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "common/must.h"

/* OpenSSL looks an algorithm up at each use, which takes longer than the digest of a short text. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *found;

    if (!found)
        found = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(found);
    return found;
}

struct digest digest_of(const void *bytes, size_t length)
{
    struct digest digest;

    must(EVP_Digest(bytes, length, digest.bytes, NULL, sha256(), NULL) == 1);
    return digest;
}

void digest_fingerprint(const char *secret, char ret[static DIGEST_FINGERPRINT_SIZE])
{
    struct digest digest = digest_of(secret, strlen(secret));
    const unsigned char *byte = digest.bytes;

    snprintf(ret, DIGEST_FINGERPRINT_SIZE, "%02x%02x%02x%02x", (unsigned)byte[0], (unsigned)byte[1],
             (unsigned)byte[2], (unsigned)byte[3]);
}

void digest_id(const struct digest *digest, char ret[static DIGEST_ID_SIZE])
{
    static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    const unsigned char *byte = digest->bytes;
    unsigned bits = 0; /* the low `held` bits wait for their turn */
    unsigned held = 0;

    for (size_t i = 0; i < DIGEST_ID_SIZE - 1; i++) {
        if (held < 5) {
            bits = bits << 8 | *byte++;
            held += 8;
        }
        held -= 5;
        ret[i] = alphabet[bits >> held & 31];
    }
    ret[DIGEST_ID_SIZE - 1] = '\0';
}
