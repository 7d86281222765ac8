#include "worker/edge/download_pipe.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

void download_pipe_open(struct download_pipe *pipe, void (*stirred)(void *context), void *context)
{
    *pipe = (struct download_pipe){ .bytes = mem_new(DOWNLOAD_PIPE_BYTES),
                                    .stirred = stirred,
                                    .context = context };
}

void download_pipe_close(struct download_pipe *pipe)
{
    free(pipe->bytes);
}

void download_pipe_clear(struct download_pipe *pipe)
{
    pipe->start = 0;
    pipe->length = 0;
    pipe->ended = false;
    pipe->answered = false;
    pipe->source_waits = false;
    pipe->upload_waits = false;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

bool download_pipe_put(struct download_pipe *pipe, const char *bytes, size_t count)
{
    if (count > DOWNLOAD_PIPE_BYTES - pipe->length) {
        pipe->source_waits = true;
        return false;
    }
    size_t end = (pipe->start + pipe->length) % DOWNLOAD_PIPE_BYTES;
    size_t straight = smaller(count, DOWNLOAD_PIPE_BYTES - end);
    memcpy(pipe->bytes + end, bytes, straight);
    memcpy(pipe->bytes, bytes + straight, count - straight);
    bool was_empty = pipe->length == 0;
    pipe->length += count;
    if (was_empty && count > 0)
        pipe->stirred(pipe->context);
    return true;
}

/* A source that waits goes on when half of the pipe is free, not for every few bytes. */
static bool has_room(const struct download_pipe *pipe)
{
    return pipe->length <= DOWNLOAD_PIPE_BYTES / 2;
}

size_t download_pipe_take(struct download_pipe *pipe, char *ret, size_t size)
{
    size_t count = smaller(size, pipe->length);
    size_t straight = smaller(count, DOWNLOAD_PIPE_BYTES - pipe->start);

    memcpy(ret, pipe->bytes + pipe->start, straight);
    memcpy(ret + straight, pipe->bytes, count - straight);
    pipe->start = (pipe->start + count) % DOWNLOAD_PIPE_BYTES;
    pipe->length -= count;
    if (count == 0 && !pipe->ended)
        pipe->upload_waits = true;
    if (pipe->source_waits && has_room(pipe))
        pipe->stirred(pipe->context);
    return count;
}

void download_pipe_end(struct download_pipe *pipe)
{
    pipe->ended = true;
    pipe->stirred(pipe->context);
}

void download_pipe_answer(struct download_pipe *pipe)
{
    pipe->answered = true;
    pipe->stirred(pipe->context);
}

bool download_pipe_wake_source(struct download_pipe *pipe)
{
    if (!pipe->source_waits || !has_room(pipe))
        return false;
    pipe->source_waits = false;
    return true;
}

bool download_pipe_wake_upload(struct download_pipe *pipe)
{
    if (!pipe->upload_waits || (pipe->length == 0 && !pipe->ended && !pipe->answered))
        return false;
    pipe->upload_waits = false;
    return true;
}
