/*
 * download_pipe: the bytes of an attachment that came and did not go on yet.
 *
 * A full pipe has its source wait, an empty one its upload.  Neither side calls the other: the pipe
 * says when somebody can go on, and its owner sees to it later.
 */
#ifndef WORKER_EDGE_DOWNLOAD_PIPE_H
#define WORKER_EDGE_DOWNLOAD_PIPE_H

#include <stdbool.h>
#include <stddef.h>

enum { DOWNLOAD_PIPE_BYTES = 256 * 1024 };

struct download_pipe {
    char *bytes; /* a ring */
    size_t start;
    size_t length;
    bool ended;        /* nothing is put in any more */
    bool answered;     /* nothing may be wanted any more */
    bool source_waits; /* for room */
    bool upload_waits; /* for bytes, or the end */
    void (*stirred)(void *context);
    void *context;
};

/* Sets a pipe up; `stirred` is called when one of the sides may be able to go on. */
void download_pipe_open(struct download_pipe *pipe, void (*stirred)(void *context), void *context);

void download_pipe_close(struct download_pipe *pipe);

/* Forgets what is in the pipe. */
void download_pipe_clear(struct download_pipe *pipe);

/* Puts all bytes in; false, and none are: there is no room, and the source waits. */
bool download_pipe_put(struct download_pipe *pipe, const char *bytes, size_t count);

/* Takes at most `size` bytes out; 0: there are none, and unless it has ended the upload waits. */
size_t download_pipe_take(struct download_pipe *pipe, char *ret, size_t size);

/* Says that nothing is put in any more. */
void download_pipe_end(struct download_pipe *pipe);

/* Says that nothing may be taken out any more: an upload that waits can go on and see. */
void download_pipe_answer(struct download_pipe *pipe);

/* Whether a side that waits can go on; it waits no more. */
bool download_pipe_wake_source(struct download_pipe *pipe);
bool download_pipe_wake_upload(struct download_pipe *pipe);

#endif
