/*
 * digest: SHA-256, and the short names that are made of it.
 */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stddef.h>

enum {
    DIGEST_BYTES = 32,
    DIGEST_FINGERPRINT_SIZE = 9, /* 8 hexadecimal digits and a NUL */
    DIGEST_ID_SIZE = 27,         /* 26 characters and a NUL */
};

struct digest {
    unsigned char bytes[DIGEST_BYTES];
};

/* The SHA-256 of `length` bytes. */
struct digest digest_of(const void *bytes, size_t length);

/*
 * What may be shown of a secret: the first 8 hexadecimal digits of its SHA-256, enough to tell two
 * secrets apart and too little to find one.
 */
void digest_fingerprint(const char *secret, char ret[static DIGEST_FINGERPRINT_SIZE]);

/* The first 130 bits of a digest in the form of a Mattermost id: 26 of a-z and 0-9. */
void digest_id(const struct digest *digest, char ret[static DIGEST_ID_SIZE]);

#endif
