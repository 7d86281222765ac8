#include "worker/demo/standin_answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/demo/standin_httpd_inner.h"

enum {
    /* A Go server buffers this much before it decides on a chunked answer. */
    CHUNKED_ABOVE = 2048,
    BLOCK = 32 * 1024,
};

/* A body that is sent piece by piece. */
struct stream {
    struct MHD_Connection *connection;
    struct httpd *httpd;
    struct loop_timer timer;
    mono_ms drip; /* between two bytes; 0: as fast as it goes */
    bool dry;     /* the next byte is not due yet */
    bool endless;
    bool waiting;
    char *bytes;
    size_t length;
};

static void byte_due(void *context, mono_ms now)
{
    struct stream *stream = context;

    (void)now;
    stream->dry = false;
    stream->waiting = false;
    MHD_resume_connection(stream->connection);
    httpd_poke(stream->httpd);
}

/* Gives one byte, and none before the next is due. */
static ssize_t drip(struct stream *stream, uint64_t position, char *buffer)
{
    if (stream->dry) {
        stream->waiting = true;
        loop_set_timer(stream->httpd->loop, &stream->timer,
                       loop_now(stream->httpd->loop) + stream->drip);
        MHD_suspend_connection(stream->connection);
        return 0;
    }
    stream->dry = true;
    buffer[0] = (char)(stream->endless ? 'x' : stream->bytes[position]);
    return 1;
}

static ssize_t next_piece(void *context, uint64_t position, char *buffer, size_t size)
{
    struct stream *stream = context;

    if (!stream->endless && position >= stream->length)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->drip)
        return drip(stream, position, buffer);
    if (stream->endless) {
        memset(buffer, 'x', size);
        return (ssize_t)size;
    }
    size_t left = stream->length - (size_t)position;
    size_t piece = left < size ? left : size;
    memcpy(buffer, stream->bytes + position, piece);
    return (ssize_t)piece;
}

static void free_stream(void *context)
{
    struct stream *stream = context;

    loop_clear_timer(stream->httpd->loop, &stream->timer);
    free(stream->bytes);
    free(stream);
}

void answer_wake(struct exchange *exchange)
{
    struct stream *stream = exchange->stream;

    if (!stream || !stream->waiting)
        return;
    loop_clear_timer(stream->httpd->loop, &stream->timer);
    byte_due(stream, 0);
}

static struct MHD_Response *new_stream(struct MHD_Connection *connection, struct httpd *httpd,
                                       struct exchange *exchange)
{
    struct stream *stream = mem_new(sizeof(*stream));
    uint64_t size = MHD_SIZE_UNKNOWN;

    *stream = (struct stream){ .connection = connection,
                               .httpd = httpd,
                               .drip = exchange->drip,
                               .endless = exchange->endless,
                               .length = exchange->reply.length };
    stream->timer = (struct loop_timer){ .due = byte_due, .context = stream };
    stream->bytes = text_take(&exchange->reply);
    exchange->stream = stream;
    if (exchange->drip && !exchange->endless)
        size = stream->length;
    return MHD_create_response_from_callback(size, BLOCK, next_piece, stream, free_stream);
}

static struct MHD_Response *new_response(struct MHD_Connection *connection, struct httpd *httpd,
                                         struct exchange *exchange)
{
    size_t length = exchange->reply.length;

    if (exchange->drip || exchange->endless || length > CHUNKED_ABOVE)
        return new_stream(connection, httpd, exchange);
    return MHD_create_response_from_buffer(length, text_take(&exchange->reply),
                                           MHD_RESPMEM_MUST_FREE);
}

bool answer_queue(struct MHD_Connection *connection, struct httpd *httpd, struct exchange *exchange)
{
    struct MHD_Response *response = new_response(connection, httpd, exchange);

    if (!response)
        return false;
    if (exchange->content_type)
        MHD_add_response_header(response, "Content-Type", exchange->content_type);
    for (size_t i = 0; i < exchange->header_count; i++)
        MHD_add_response_header(response, exchange->headers[i].name, exchange->headers[i].value);
    if (exchange->close)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    return queued == MHD_YES;
}

void exchange_add_header(struct exchange *exchange, const char *name, const char *format, ...)
{
    va_list arguments;

    if (exchange->header_count == EXCHANGE_MAX_HEADERS)
        return;
    struct exchange_header *header = &exchange->headers[exchange->header_count++];
    header->name = name;
    va_start(arguments, format);
    must(vasprintf(&header->value, format, arguments) >= 0);
    va_end(arguments);
}

void exchange_start_over(struct exchange *exchange)
{
    text_clear(&exchange->reply);
    while (exchange->header_count > 0)
        free(exchange->headers[--exchange->header_count].value);
    exchange->status = 0;
    exchange->content_type = NULL;
}
