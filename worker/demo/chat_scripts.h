/*
 * chat_scripts: what is said in the demo's web-chats.
 */
#ifndef WORKER_DEMO_CHAT_SCRIPTS_H
#define WORKER_DEMO_CHAT_SCRIPTS_H

#include <stddef.h>

enum chat_act {
    CHAT_GUEST,  /* says something */
    CHAT_AGENT,  /* likewise */
    CHAT_SYSTEM, /* likewise */
    CHAT_EDIT,   /* the guest changes the last message, which was the guest's */
    CHAT_DELETE, /* or takes it back */
    CHAT_CLOSE,
};

struct chat_line {
    enum chat_act act;
    const char *words;   /* NULL: none */
    const char *picture; /* the name of a file of the page; NULL: none */
};

struct chat_script {
    const char *page; /* where the guest began it */
    const char *title;
    const char *agent;
    const struct chat_line *lines;
    size_t count;
};

extern const struct chat_script chat_scripts[];
extern const size_t chat_script_count;

struct chat_guest {
    const char *name;
    const char *email;
};

extern const struct chat_guest chat_guests[];
extern const size_t chat_guest_count;

#endif
