#include "worker/core/thread_record.h"

#include <string.h>

#include "worker/core/piece.h"
#include "worker/core/threads_id.h"

/* Reads an id, or none. */
static bool read_id(struct piece piece, char ret[static THREADS_ID_LENGTH + 1])
{
    size_t length = (size_t)(piece.end - piece.at);

    if (length > 0 && !threads_id_is_whole(piece.at, length))
        return false;
    memcpy(ret, piece.at, length);
    ret[length] = '\0';
    return true;
}

/* Reads the member `name`=`piece`; what is unknown is fine. */
static bool read_member(char name, struct piece piece, struct thread *ret)
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
        return piece_read_number(piece, &ret->last_offset);
    case 't':
        return piece_read_number(piece, &ret->updated_at);
    case 'e':
        return piece_read_number(piece, &ret->epoch);
    case 'n':
        if (!piece_read_number_to(piece, UINT32_MAX, &number))
            return false;
        ret->replies = (uint32_t)number;
        return true;
    case 'x':
        if (!piece_read_number_to(piece, 1, &number))
            return false;
        ret->is_closed = number == 1;
        return true;
    default:
        return true;
    }
}

bool thread_value_read(const char *bytes, size_t length, struct thread *ret)
{
    struct piece rest = { bytes, bytes + length };
    struct piece member;
    char name;

    if (!piece_skip_version(&rest))
        return false;
    *ret = (struct thread){ 0 };
    while (piece_take_member(&rest, &name, &member)) {
        if (!read_member(name, member, ret))
            return false;
    }
    return true;
}

void thread_value_write(const struct thread *thread, struct text *ret)
{
    piece_add_version(ret);
    piece_add_string(ret, " r=", thread->root);
    piece_add_string(ret, " c=", thread->channel);
    piece_add_string(ret, " p=", thread->last_post);
    piece_add_number(ret, " o=", thread->last_offset);
    piece_add_number(ret, " t=", thread->updated_at);
    piece_add_number(ret, " e=", thread->epoch);
    piece_add_number(ret, " n=", thread->replies);
    piece_add_number(ret, " x=", thread->is_closed);
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
