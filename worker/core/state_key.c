#include "worker/core/state_key.h"

#include <string.h>

#include "worker/core/piece.h"

/* The character that an escape stands for; 0: it is none that is ever written. */
static char unescape(const struct piece *piece)
{
    if (piece->end - piece->at < 3)
        return '\0';
    if (memcmp(piece->at, "%25", 3) == 0)
        return '%';
    return memcmp(piece->at, "%2F", 3) == 0 ? '/' : '\0';
}

/* Reads a name of 1 to `most` bytes.  A separator or NUL in it makes it another's. */
static bool read_name(struct piece piece, size_t most, char *ret)
{
    size_t length = 0;

    while (piece.at < piece.end) {
        char c = *piece.at;
        if (c == '%') {
            c = unescape(&piece);
            piece.at += 2;
        } else if (c == '/') {
            return false;
        }
        piece.at++;
        if (c == '\0' || length == most)
            return false;
        ret[length++] = c;
    }
    ret[length] = '\0';
    return length > 0;
}

/* Topics' names have no character that would be escaped. */
static bool read_topic(struct piece piece, struct state_key *ret)
{
    return !memchr(piece.at, '%', (size_t)(piece.end - piece.at)) &&
           read_name(piece, sizeof(ret->topic) - 1, ret->topic);
}

static bool read_thread(struct piece rest, struct state_key *ret)
{
    return read_topic(piece_take(&rest, '/'), ret) &&
           read_name(piece_take(&rest, '/'), THREADS_MAX_LICENCE, ret->licence) &&
           read_name(rest, THREADS_MAX_CONVERSATION, ret->conversation);
}

static bool read_done(struct piece rest, struct state_key *ret)
{
    ret->licence[0] = '\0';
    return read_topic(piece_take(&rest, '/'), ret) &&
           read_name(rest, THREADS_MAX_CONVERSATION, ret->conversation);
}

static bool read_partition(struct piece rest, struct state_key *ret)
{
    int64_t partition;

    if (!read_topic(piece_take(&rest, '/'), ret) ||
        !piece_read_number_to(rest, INT32_MAX, &partition))
        return false;
    ret->partition = (int32_t)partition;
    return true;
}

static bool read_place(struct piece rest, struct state_key *ret)
{
    int64_t partition;

    if (!read_topic(piece_take(&rest, '/'), ret) ||
        !piece_read_number_to(piece_take(&rest, '/'), INT32_MAX, &partition) ||
        !piece_read_number_to(rest, INT64_MAX, &ret->offset))
        return false;
    ret->partition = (int32_t)partition;
    return true;
}

enum state_key_kind state_key_read(const char *bytes, size_t length, struct state_key *ret)
{
    static const struct {
        const char *prefix;
        bool (*read)(struct piece rest, struct state_key *ret);
        enum state_key_kind kind;
    } kinds[] = {
        { "thread/", read_thread, STATE_KEY_THREAD },  { "done/", read_done, STATE_KEY_THREAD },
        { "epoch/", read_partition, STATE_KEY_EPOCH }, { "left/", read_partition, STATE_KEY_LEFT },
        { "parked/", read_place, STATE_KEY_PARKED },   { "tried/", read_place, STATE_KEY_TRIED },
    };
    struct piece rest = { bytes, bytes + length };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (piece_skip(&rest, kinds[i].prefix))
            return kinds[i].read(rest, ret) ? kinds[i].kind : STATE_KEY_OTHER;
    return STATE_KEY_OTHER;
}

static void add_name(struct text *ret, const char *name)
{
    for (;;) {
        size_t plain = strcspn(name, "%/");
        text_add(ret, name, plain);
        name += plain;
        if (!*name)
            return;
        text_add_string(ret, *name++ == '%' ? "%25" : "%2F");
    }
}

void state_key_write_thread(const char *topic, const struct thread_name *name, struct text *ret)
{
    text_add_string(ret, name->licence[0] ? "thread/" : "done/");
    text_add_string(ret, topic);
    text_add_char(ret, '/');
    if (name->licence[0]) {
        add_name(ret, name->licence);
        text_add_char(ret, '/');
    }
    add_name(ret, name->conversation);
}

static void write_partition(const char *prefix, const char *topic, int32_t partition,
                            struct text *ret)
{
    text_add_string(ret, prefix);
    text_add_string(ret, topic);
    text_add_char(ret, '/');
    text_add_int(ret, partition);
}

void state_key_write_epoch(const char *topic, int32_t partition, struct text *ret)
{
    write_partition("epoch/", topic, partition, ret);
}

void state_key_write_left(const char *topic, int32_t partition, struct text *ret)
{
    write_partition("left/", topic, partition, ret);
}

static void write_place(const char *prefix, const char *topic, int32_t partition, int64_t offset,
                        struct text *ret)
{
    write_partition(prefix, topic, partition, ret);
    text_add_char(ret, '/');
    text_add_int(ret, offset);
}

void state_key_write_parked(const char *topic, int32_t partition, int64_t offset, struct text *ret)
{
    write_place("parked/", topic, partition, offset, ret);
}

void state_key_write_tried(const char *topic, int32_t partition, int64_t offset, struct text *ret)
{
    write_place("tried/", topic, partition, offset, ret);
}
