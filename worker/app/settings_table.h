/*
 * settings_table: every setting outside the integrations, once: name, kind, default, range, words.
 *
 * The one list that loading, printing and the reference go by.
 */
#ifndef WORKER_APP_SETTINGS_TABLE_H
#define WORKER_APP_SETTINGS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "worker/app/settings.h"

enum setting_kind {
    SETTING_TEXT,    /* a const char * */
    SETTING_NUMBER,  /* an int64_t */
    SETTING_ADDRESS, /* a const char *: host:port */
    SETTING_CHOICE,  /* an enum: the index of a word in `choices` */
    SETTING_LIST,    /* of strings; read by code of its own */
};

struct setting {
    const char *group; /* of the file */
    const char *name;
    enum setting_kind kind;
    size_t offset;        /* into struct settings */
    const char *standard; /* the default, as one would write it; NULL: it has to be given */
    int64_t least;        /* of a number; of a text: 1 when it may not be empty */
    int64_t most;
    const char *const *choices; /* ended by NULL */
    const char *environment;    /* the variable that wins over the file; NULL: none */
    const char *words;          /* for the reference */
};

extern const struct setting settings_table[];
extern const size_t settings_table_count;

/* The members of the groups in a list, for the reference and for slips. */
struct member_setting {
    const char *name;
    const char *standard; /* NULL: it has to be given */
    const char *words;
};

extern const struct member_setting integration_table[];
extern const size_t integration_table_count;

extern const struct member_setting old_news_table[];
extern const size_t old_news_table_count;

#endif
