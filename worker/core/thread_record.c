#include "worker/core/thread_record.h"

#include <string.h>

#include "worker/core/threads_id.h"

/* A piece of a key or of a value that is still to be read. */
struct rest {
    const char *at;
    const char *end;
};

static bool skip(struct rest *rest, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(rest->end - rest->at) < length || memcmp(rest->at, word, length) != 0)
        return false;
    rest->at += length;
    return true;
}

/* Takes what stands before the next separator, or all that is left. */
static struct rest take(struct rest *rest, char separator)
{
    const char *found = memchr(rest->at, separator, (size_t)(rest->end - rest->at));
    struct rest piece = { rest->at, found ? found : rest->end };

    rest->at = found ? found + 1 : rest->end;
    return piece;
}

/* The character that an escape stands for; 0: it is none that thread_key_write() makes. */
static char unescape(const struct rest *piece)
{
    if (piece->end - piece->at < 3)
        return '\0';
    if (memcmp(piece->at, "%25", 3) == 0)
        return '%';
    return memcmp(piece->at, "%2F", 3) == 0 ? '/' : '\0';
}

/* Reads a name of 1 to `most` bytes.  A separator or NUL in it makes it another's. */
static bool read_name(struct rest piece, size_t most, char *ret)
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
static bool read_topic(struct rest piece, struct thread_key *ret)
{
    return !memchr(piece.at, '%', (size_t)(piece.end - piece.at)) &&
           read_name(piece, sizeof(ret->topic) - 1, ret->topic);
}

/* Adds a digit to a number of the given sign. */
static bool add_digit(char c, int sign, int64_t *number)
{
    return c >= '0' && c <= '9' && !__builtin_mul_overflow(*number, 10, number) &&
           !__builtin_add_overflow(*number, sign * (c - '0'), number);
}

/* Reads all of a piece as a number, in the only way in which text_add_int() writes it. */
static bool read_number(struct rest piece, int64_t *ret)
{
    int sign = skip(&piece, "-") ? -1 : 1;
    ptrdiff_t length = piece.end - piece.at;

    if (length == 0 || (*piece.at == '0' && (length > 1 || sign < 0)))
        return false;
    *ret = 0;
    while (piece.at < piece.end) {
        if (!add_digit(*piece.at++, sign, ret))
            return false;
    }
    return true;
}

static bool read_number_to(struct rest piece, int64_t most, int64_t *ret)
{
    return read_number(piece, ret) && *ret >= 0 && *ret <= most;
}

static bool read_thread(struct rest rest, struct thread_key *ret)
{
    return read_topic(take(&rest, '/'), ret) &&
           read_name(take(&rest, '/'), THREADS_MAX_LICENCE, ret->licence) &&
           read_name(rest, THREADS_MAX_CONVERSATION, ret->conversation);
}

static bool read_done(struct rest rest, struct thread_key *ret)
{
    ret->licence[0] = '\0';
    return read_topic(take(&rest, '/'), ret) &&
           read_name(rest, THREADS_MAX_CONVERSATION, ret->conversation);
}

static bool read_partition(struct rest rest, struct thread_key *ret)
{
    int64_t partition;

    if (!read_topic(take(&rest, '/'), ret) || !read_number_to(rest, INT32_MAX, &partition))
        return false;
    ret->partition = (int32_t)partition;
    return true;
}

enum state_key thread_key_read(const char *bytes, size_t length, struct thread_key *ret)
{
    static const struct {
        const char *prefix;
        bool (*read)(struct rest rest, struct thread_key *ret);
        enum state_key kind;
    } kinds[] = {
        { "thread/", read_thread, STATE_KEY_THREAD },
        { "done/", read_done, STATE_KEY_THREAD },
        { "epoch/", read_partition, STATE_KEY_EPOCH },
        { "left/", read_partition, STATE_KEY_LEFT },
    };
    struct rest rest = { bytes, bytes + length };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (skip(&rest, kinds[i].prefix))
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

void thread_key_write(const char *topic, const struct thread_name *name, struct text *ret)
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

void thread_key_write_epoch(const char *topic, int32_t partition, struct text *ret)
{
    write_partition("epoch/", topic, partition, ret);
}

void thread_key_write_left(const char *topic, int32_t partition, struct text *ret)
{
    write_partition("left/", topic, partition, ret);
}

/* Reads an id, or none. */
static bool read_id(struct rest piece, char ret[static THREADS_ID_LENGTH + 1])
{
    size_t length = (size_t)(piece.end - piece.at);

    if (length > 0 && !threads_id_is_whole(piece.at, length))
        return false;
    memcpy(ret, piece.at, length);
    ret[length] = '\0';
    return true;
}

/* Reads the member `name`=`piece`; what is unknown is fine. */
static bool read_member(char name, struct rest piece, struct thread *ret)
{
    int64_t number;

    switch (name) {
    case 'r':
        return read_id(piece, ret->root);
    case 'c':
        return read_id(piece, ret->channel);
    case 'p':
        return read_id(piece, ret->last_post);
    case 'o':
        return read_number(piece, &ret->last_offset);
    case 't':
        return read_number(piece, &ret->updated_at);
    case 'e':
        return read_number(piece, &ret->epoch);
    case 'n':
        if (!read_number_to(piece, UINT32_MAX, &number))
            return false;
        ret->replies = (uint32_t)number;
        return true;
    case 'x':
        if (!read_number_to(piece, 1, &number))
            return false;
        ret->is_closed = number == 1;
        return true;
    default:
        return true;
    }
}

bool thread_value_read(const char *bytes, size_t length, struct thread *ret)
{
    struct rest rest = { bytes, bytes + length };
    struct rest version = take(&rest, ' ');

    if (!skip(&version, "v1") || version.at != version.end)
        return false;
    *ret = (struct thread){ 0 };
    while (rest.at < rest.end) {
        struct rest member = take(&rest, ' ');
        if (member.end - member.at < 2 || member.at[1] != '=')
            continue;
        member.at += 2;
        if (!read_member(member.at[-2], member, ret))
            return false;
    }
    return true;
}

static void add_id(struct text *ret, const char *member, const char *id)
{
    if (!*id)
        return;
    text_add_string(ret, member);
    text_add_string(ret, id);
}

static void add_number(struct text *ret, const char *member, int64_t number)
{
    if (number == 0)
        return;
    text_add_string(ret, member);
    text_add_int(ret, number);
}

void thread_value_write(const struct thread *thread, struct text *ret)
{
    text_add_string(ret, "v1");
    add_id(ret, " r=", thread->root);
    add_id(ret, " c=", thread->channel);
    add_id(ret, " p=", thread->last_post);
    add_number(ret, " o=", thread->last_offset);
    add_number(ret, " t=", thread->updated_at);
    add_number(ret, " e=", thread->epoch);
    add_number(ret, " n=", thread->replies);
    add_number(ret, " x=", thread->is_closed);
}

/* Whether both say the same, whoever says it. */
static bool is_same(const struct thread *a, const struct thread *b)
{
    return strcmp(a->root, b->root) == 0 && strcmp(a->channel, b->channel) == 0 &&
           strcmp(a->last_post, b->last_post) == 0 && a->is_closed == b->is_closed &&
           a->replies == b->replies && a->last_offset == b->last_offset &&
           a->updated_at == b->updated_at;
}

/*
 * What the next record of the log means to who only reads it.  The log's order counts, but for a
 * late write, which knows less than one before it.  An owner's own writes can be late, too: what a
 * broken connection left without an answer is written again, in order, perhaps not to its end.
 */
static enum thread_fold judge_as_reader(const struct thread *known, const struct thread *said)
{
    if (!known)
        return said ? THREAD_FOLD_TAKEN : THREAD_FOLD_IGNORED;
    if (said && said->last_offset < known->last_offset && said->epoch <= known->epoch)
        return THREAD_FOLD_REPEAT;
    return THREAD_FOLD_TAKEN;
}

/* What a late write of an earlier owner means to the owner of today. */
static enum thread_fold judge_as_owner(const struct thread *known, const struct thread *said)
{
    if (!known)
        return said ? THREAD_FOLD_MERGED : THREAD_FOLD_IGNORED;
    if (!said)
        return THREAD_FOLD_REPEAT;
    if (said->last_offset > known->last_offset)
        return THREAD_FOLD_MERGED;
    return is_same(known, said) ? THREAD_FOLD_IGNORED : THREAD_FOLD_REPEAT;
}

static enum thread_fold judge(const struct thread *known, const struct thread *said,
                              int64_t own_epoch)
{
    bool is_outlived = (known && known->epoch > own_epoch) || (said && said->epoch > own_epoch);

    if (own_epoch < 0)
        return judge_as_reader(known, said);
    if (said && said->epoch == own_epoch)
        return THREAD_FOLD_IGNORED;
    if (!is_outlived)
        return judge_as_owner(known, said);
    /* It is the newer owner's to write again what is hidden. */
    enum thread_fold fold = judge_as_reader(known, said);
    return fold == THREAD_FOLD_REPEAT ? THREAD_FOLD_IGNORED : fold;
}

enum thread_fold thread_fold(struct threads *threads, const struct thread_name *name,
                             const char *value, size_t length, int64_t own_epoch)
{
    struct thread known;
    struct thread said;

    if (value && !thread_value_read(value, length, &said))
        return THREAD_FOLD_IGNORED;
    bool is_known = threads_find(threads, name, &known);
    enum thread_fold fold = judge(is_known ? &known : NULL, value ? &said : NULL, own_epoch);

    if (fold != THREAD_FOLD_TAKEN && fold != THREAD_FOLD_MERGED)
        return fold;
    if (value)
        threads_put(threads, name, &said);
    else
        threads_remove(threads, name);
    return fold;
}
