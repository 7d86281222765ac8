/*
 * chats: made-up web-chats between guests and the desk of a hotel, several at once, for the demo.
 *
 * Each follows one of the scripts of chat_scripts.h; when it is over, another one takes its place.
 */
#ifndef WORKER_DEMO_CHATS_H
#define WORKER_DEMO_CHATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/random.h"
#include "common/units.h"
#include "worker/demo/chat_scripts.h"
#include "worker/demo/samples.h"

enum { CHATS_AT_ONCE = 4 };

struct chat {
    const struct chat_script *script; /* NULL: it has not begun */
    const struct chat_guest *guest;
    unsigned number;
    size_t next;     /* line of the script */
    size_t messages; /* so far */
};

/* All zero but the port is before the first of them. */
struct chats {
    uint16_t pictures_port; /* of the server on the loopback address that has the pictures */
    unsigned begun;
    struct chat chats[CHATS_AT_ONCE];
};

/* Makes up the `number`-th event: what comes next in one of the chats. */
struct sample chats_make(struct chats *chats, struct random *random, size_t number, wall_ms now);

/*
 * The id of the `i`-th of the chats that are going on, if another message will come in it.  False:
 * none will.
 */
bool chats_expect_message(const struct chats *chats, size_t i, char ret[static 16]);

#endif
