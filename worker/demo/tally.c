#include "worker/demo/tally.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"

enum { ID_BYTES = 27 };

static const size_t none = SIZE_MAX;

struct tally_event {
    struct subject *subject;
    enum sample_kind kind;
    size_t message;
    bool posted;
};

struct message {
    char thread[ID_BYTES]; /* the root that it was last posted under; "": it was not */
    bool lives;
    size_t deletion; /* the event that deletes it, or none */
};

/* What a key's entry in the map points to: a booking or a conversation. */
struct subject {
    size_t newest; /* of its events that were posted, or none */
    char root[ID_BYTES];
    bool had_root;
    size_t closing; /* the event that closes it, or none */
    struct message *messages;
    size_t message_count;
};

void tally_free(struct tally *tally)
{
    struct map_entry entry;

    free(tally->events);
    for (size_t at = 0; map_next(&tally->subjects, &at, &entry);) {
        struct subject *subject = entry.value;
        free(subject->messages);
        free(subject);
    }
    map_free(&tally->subjects);
    *tally = (struct tally){ 0 };
}

/* ---- counting ---- */

static struct message *message_of(const struct tally_event *event)
{
    must(event->message < event->subject->message_count);
    return &event->subject->messages[event->message];
}

/* Something shows the event. */
static void see(struct tally *tally, size_t number)
{
    struct tally_event *event = &tally->events[number];
    struct subject *subject = event->subject;

    if (event->posted)
        return;
    event->posted = true;
    tally->posted++;
    if (subject->newest != none && subject->newest > number)
        tally->disorder++;
    else
        subject->newest = number;
}

/* Nothing will ever show the event: somebody deleted what could. */
static void excuse(struct tally *tally, size_t number)
{
    if (number == none || tally->events[number].posted)
        return;
    tally->events[number].posted = true;
    tally->posted++;
}

/* ---- what is produced ---- */

static struct subject *subject_of(struct tally *tally, const char *key)
{
    struct subject *subject = map_find(&tally->subjects, key, strlen(key));

    if (subject)
        return subject;
    subject = mem_new(sizeof(*subject));
    *subject = (struct subject){ .newest = none, .closing = none };
    map_put(&tally->subjects, key, strlen(key), subject);
    return subject;
}

static void add_message(struct subject *subject)
{
    subject->messages =
        mem_resize(subject->messages, (subject->message_count + 1) * sizeof(*subject->messages));
    subject->messages[subject->message_count++] = (struct message){ .deletion = none };
}

static void expect_deletion(struct tally *tally, struct message *message, size_t number)
{
    message->deletion = number;
    if (*message->thread && !message->lives)
        excuse(tally, number);
}

static void expect_closing(struct tally *tally, struct subject *subject, size_t number)
{
    subject->closing = number;
    if (subject->had_root && !*subject->root)
        excuse(tally, number);
}

void tally_produced(struct tally *tally, const struct sample *sample)
{
    struct subject *subject = subject_of(tally, sample->key);
    size_t number = tally->produced++;

    if (number == tally->capacity) {
        tally->capacity = tally->capacity ? tally->capacity * 2 : 1024;
        tally->events = mem_resize(tally->events, tally->capacity * sizeof(*tally->events));
    }
    tally->events[number] = (struct tally_event){ .subject = subject,
                                                  .kind = sample->kind,
                                                  .message = sample->message };
    if (sample->kind == SAMPLE_MESSAGE)
        add_message(subject);
    else if (sample->kind == SAMPLE_DELETED)
        expect_deletion(tally, message_of(&tally->events[number]), number);
    else if (sample->kind == SAMPLE_CLOSED)
        expect_closing(tally, subject, number);
}

/* ---- what arrives ---- */

static void take_root(struct tally *tally, const struct tally_post *post)
{
    const struct tally_event *event = &tally->events[post->event];
    struct subject *subject = event->subject;

    if (*subject->root)
        tally->extra_roots++;
    (void)snprintf(subject->root, ID_BYTES, "%s", post->id);
    subject->had_root = true;
    if (event->kind == SAMPLE_STARTED)
        see(tally, post->event);
}

static void take_reply(struct tally *tally, const struct tally_post *post)
{
    const struct tally_event *event = &tally->events[post->event];
    struct message *message = message_of(event);

    if (strcmp(message->thread, post->root) == 0) {
        tally->twice++;
        return;
    }
    (void)snprintf(message->thread, ID_BYTES, "%s", post->root);
    message->lives = true;
    see(tally, post->event);
}

static void take_notification(struct tally *tally, const struct tally_post *post)
{
    if (tally->events[post->event].posted)
        tally->twice++;
    see(tally, post->event);
}

void tally_accepted(struct tally *tally, const struct tally_post *post)
{
    if (post->event >= tally->produced)
        return;
    if (tally->events[post->event].kind == SAMPLE_NOTIFICATION)
        take_notification(tally, post);
    else if (*post->root)
        take_reply(tally, post);
    else
        take_root(tally, post);
}

/* ---- what changes ---- */

static void change_root(struct tally *tally, const struct tally_post *post)
{
    struct subject *subject = tally->events[post->event].subject;

    if (strcmp(subject->root, post->id) != 0)
        return;
    if (post->is_deleted) {
        *subject->root = '\0';
        excuse(tally, subject->closing);
    } else if (post->is_locked && subject->closing != none) {
        see(tally, subject->closing);
    }
}

static void lose_message(struct tally *tally, struct message *message,
                         const struct tally_post *post)
{
    if (strcmp(message->thread, post->root) != 0)
        return;
    message->lives = false;
    if (!post->is_deleted_by_bot)
        excuse(tally, message->deletion);
    else if (message->deletion != none)
        see(tally, message->deletion);
}

static void change_reply(struct tally *tally, const struct tally_post *post)
{
    const struct tally_event *event = &tally->events[post->event];

    if (post->is_deleted)
        lose_message(tally, message_of(event), post);
    else if (event->kind == SAMPLE_EDITED)
        see(tally, post->event);
}

void tally_changed(struct tally *tally, const struct tally_post *post)
{
    if (post->event >= tally->produced || tally->events[post->event].kind == SAMPLE_NOTIFICATION)
        return;
    if (*post->root)
        change_reply(tally, post);
    else
        change_root(tally, post);
}

/* ---- what is asked ---- */

const char *tally_root(const struct tally *tally, const char *key)
{
    const struct subject *subject = map_find(&tally->subjects, key, strlen(key));

    return subject && *subject->root ? subject->root : NULL;
}

size_t tally_missing(const struct tally *tally, size_t from)
{
    while (from < tally->produced && tally->events[from].posted)
        from++;
    return from;
}

bool tally_is_fine(const struct tally *tally)
{
    return tally->produced > 0 && tally->posted == tally->produced && tally->twice == 0 &&
           tally->disorder == 0 && tally->extra_roots == 0;
}
