/*
 * sip: a hash under a secret.
 *
 * SipHash-1-3: who does not know the secret cannot make bytes whose hashes collide.  For tables
 * whose keys come from outside.
 */
#ifndef COMMON_SIP_H
#define COMMON_SIP_H

#include <stddef.h>
#include <stdint.h>

struct sip_secret {
    uint64_t words[2];
};

/* A secret that nobody knows. */
struct sip_secret sip_secret_new(void);

/* The hash of `length` bytes. */
uint64_t sip_hash(const struct sip_secret *secret, const void *bytes, size_t length);

#endif
