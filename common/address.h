/*
 * address: "host:port" → sockets.
 *
 * The host is a name, an IPv4 address, an IPv6 address in brackets, or nothing: every address of
 * this machine to listen on, this machine itself to connect to.  Port 0 takes a free one.
 */
#ifndef COMMON_ADDRESS_H
#define COMMON_ADDRESS_H

#include "common/attrs.h"
#include "common/fault.h"
#include "common/units.h"

enum {
    ADDRESS_MAX_HOST = 255,
    ADDRESS_SIZE = 64, /* of a numeric address with its port, as address_of_socket() writes it */
};

struct address {
    char host[ADDRESS_MAX_HOST + 1];
    char port[6];
};

/* Takes a "host:port" apart.  -1: it is none. */
int address_parse(const char *words, struct address *ret, struct fault *reterr) ATTR_MUST_USE;

/*
 * Gives a non-blocking socket that listens.  -1: it is no address of this machine, or is taken.
 * Looks names up, so for the start of the program only.
 */
int address_listen(const char *words, int *ret, struct fault *reterr) ATTR_MUST_USE;

/*
 * Gives a blocking connection whose every wait, for the connection too, lasts at most `timeout`.
 * -1: there is none to be had.
 */
int address_connect(const char *words, mono_ms timeout, int *ret,
                    struct fault *reterr) ATTR_MUST_USE;

/* Where a socket listens, with the port that it really has. */
void address_of_socket(int fd, char ret[static ADDRESS_SIZE]);

#endif
