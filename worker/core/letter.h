/*
 * letter: a dead letter: a record that cannot be delivered, and why, for tools and people.
 *
 * The record's own key, value, headers and timestamp are kept; the headers that are added carry
 * Kafka Connect's names, so that existing tools read them, and `ireserve.*` ones of our own.
 */
#ifndef WORKER_CORE_LETTER_H
#define WORKER_CORE_LETTER_H

#include <stddef.h>

#include "common/units.h"
#include "worker/core/reason.h"
#include "worker/core/record.h"

/* Why a record is a dead letter. */
struct letter {
    enum reason reason;
    const char *stage; /* decode, route or deliver */
    const char *scope; /* record, route or server */
    char words[320];   /* names the field or the server's error id; no foreign text */
    int http_status;   /* 0: it never got that far */
    unsigned attempts;
    wall_ms first_attempt_at; /* 0: none */
};

/*
 * What is left out of a letter that its topic would not take otherwise.  Each step leaves out what
 * the one before does, and more; a letter without all of these is small.
 */
enum letter_cut {
    LETTER_WHOLE,
    LETTER_WITHOUT_VALUE,
    LETTER_WITHOUT_HEADERS, /* of the record's own */
    LETTER_WITHOUT_KEY,
};

enum { LETTER_CUT_COUNT = LETTER_WITHOUT_KEY + 1 };

/* What of a record goes into its letter; borrows the record's memory. */
struct record letter_cut_record(const struct record *record, enum letter_cut cut);

enum { LETTER_HEADERS = 12 };

/* The headers to add, as text; `value` is what `header.value` points to. */
struct letter_headers {
    struct record_header list[LETTER_HEADERS];
    size_t count;
    char room[1024];
};

/* Writes the headers that a dead letter adds to those of its record; they say what was cut. */
void letter_write_headers(const struct letter *letter, const struct record *record,
                          enum letter_cut cut, struct letter_headers *ret);

/* A moment as RFC 3339 in UTC with milliseconds, 25 bytes with its NUL. */
void letter_write_time(wall_ms at, char ret[static 25]);

#endif
