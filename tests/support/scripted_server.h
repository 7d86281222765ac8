/*
 * scripted_server: answers HTTP requests as a script says, misdeeds included, on the loop of the
 * test that uses it.
 */
#ifndef TESTS_SUPPORT_SCRIPTED_SERVER_H
#define TESTS_SUPPORT_SCRIPTED_SERVER_H

#include <stddef.h>

#include "common/attrs.h"
#include "common/loop.h"

enum script_then {
    SCRIPT_KEEP,  /* wait for the next request */
    SCRIPT_CLOSE, /* FIN */
    SCRIPT_RESET, /* RST */
    SCRIPT_DRIP,  /* go on with a byte now and then, for ever */
    SCRIPT_FLOOD, /* go on as fast as it can, for ever */
    SCRIPT_FILE,  /* go on with the bytes of a file, then wait for the next request */
    SCRIPT_FILE_AND_CLOSE,
};

/* What one request gets: `answer` as it is (NULL: nothing), and what follows. */
struct script_step {
    const char *answer;
    enum script_then then;
};

struct scripted_server;

/*
 * Gives a server on a free port of 127.0.0.1.  The n-th request, over all connections, gets the
 * n-th step; those behind the last get the last.  Borrows loop and steps.
 */
struct scripted_server *scripted_server_new(struct loop *loop, const struct script_step *steps,
                                            size_t count) ATTR_MUST_USE;

/* How long the file of SCRIPT_FILE is, and the byte at a place in it. */
void scripted_server_serve(struct scripted_server *server, size_t bytes);
unsigned char scripted_server_byte(size_t at);

void scripted_server_free(struct scripted_server *server);

int scripted_server_port(const struct scripted_server *server);

/* How many whole requests, and how many connections, have come. */
size_t scripted_server_requests(const struct scripted_server *server);
size_t scripted_server_connections(const struct scripted_server *server);

/* The last whole request, head and body; borrowed until the next one. */
const char *scripted_server_last(const struct scripted_server *server);

/* Closes all connections, as a server does with idle ones. */
void scripted_server_hang_up(struct scripted_server *server);

#endif
