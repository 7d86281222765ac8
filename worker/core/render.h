/*
 * render: an event → the requests that post it.
 *
 * Each part is the whole JSON body of one POST /api/v4/posts, written straight into a buffer.  The
 * same event, target and limits give the same bytes, so an attempt can be repeated.  Text from
 * outside is defused (core/defuse).  Pure.
 *
 * What a colleague at the desk sees of a notification:
 *
 *     **Nieuwe boeking** · IRES3691
 *     Familie De Vries, 2 nachten, kamer 12
 *     ┃ IRES3691                    (a link to the booking)
 *     ┃ Aankomst       Personen
 *     ┃ 2026-12-04     4
 *
 * Title, label and text are the message, because only the message is found by a search for a name
 * or a number, is shown in notifications on phones, and may be long on every server; and because
 * `unsafe_links` is known to stop links and images there.  The attachment below it holds what a
 * message cannot: the colour of the severity, short fields side by side, and the link.  The link is
 * the attachment's `title_link`, which works in spite of `unsafe_links`.  There is no attachment
 * when there is nothing to put in it.
 *
 * Servers of 5.37 take 8000 runes of props, so fields that are long stand below the text instead.
 * Text that is too long for one message goes on in further posts, "(2/3)" behind the title; the
 * attachment and the priority are the first one's.
 *
 * Old news says when it happened, behind the head: "(van 23 november 2026 09:15 UTC)".
 */
#ifndef WORKER_CORE_RENDER_H
#define WORKER_CORE_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/text.h"
#include "worker/core/event.h"

enum { RENDER_MAX_PARTS = 100 };

/* What differs between servers. */
struct render_limits {
    size_t max_runes;      /* of a message: 16383 unless the server says otherwise */
    size_t max_body_bytes; /* of a request: 300000 unless known otherwise */
    bool priority;         /* whether the server knows post priorities and allows them */
};

struct render_target {
    const char *channel_id;      /* 26 characters */
    const char *licence;         /* the integration's, also when the event did not say one */
    const uint8_t *post_key;     /* 32 bytes, see struct integration */
    const struct record *record; /* topic, partition and offset for props.ireserve.record */
    const char *happened;        /* stands behind the head of what is old; NULL or empty: no */
    struct render_limits limits;
};

struct rendering {
    struct text parts[RENDER_MAX_PARTS]; /* request bodies; only the first `count` are used */
    size_t count;
};

/*
 * Renders an event into 1 to RENDER_MAX_PARTS bodies.  -1: it cannot be made to fit the limits.
 * *ret wants rendering_free() either way.
 */
int render_event(const struct event *event, const struct render_target *target,
                 struct rendering *ret) ATTR_MUST_USE;

void rendering_free(struct rendering *rendering);

/* Adds props.ireserve.event of an event: "<source>|<id>", at most EVENT_MAX_NAME_BYTES. */
void render_event_name(const struct event *event, struct text *ret);

#endif
