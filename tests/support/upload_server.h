/*
 * upload_server: takes files as Mattermost does, on the loop of the test that uses it.
 *
 * It keeps of a file how long it is, how it begins, and whether it is the one that scripted_server
 * serves.
 */
#ifndef TESTS_SUPPORT_UPLOAD_SERVER_H
#define TESTS_SUPPORT_UPLOAD_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attrs.h"
#include "common/loop.h"

enum upload_then {
    UPLOAD_KEEP,  /* take the rest */
    UPLOAD_RESET, /* RST */
    UPLOAD_STALL, /* read no more, and stay */
};

/* A plan's `after`: when all of the file has come. */
#define UPLOAD_ALL SIZE_MAX

/* What every upload gets when `after` bytes of it have come: `answer` (NULL: nothing), and then. */
struct upload_plan {
    const char *answer;
    size_t after;
    enum upload_then then;
};

/* What has come. */
struct upload_seen {
    size_t begun; /* uploads */
    size_t whole;
    char head[2048]; /* of the last, the request and its headers */
    bool is_chunked;
    size_t bytes;
    char beginning[64];
    bool is_the_file;
};

struct upload_server;

/* Gives a server on a free port of 127.0.0.1.  Borrows the loop. */
struct upload_server *upload_server_new(struct loop *loop, struct upload_plan plan) ATTR_MUST_USE;

void upload_server_free(struct upload_server *server);

int upload_server_port(const struct upload_server *server);

const struct upload_seen *upload_server_seen(const struct upload_server *server);

#endif
