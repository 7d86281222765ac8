#include "worker/core/fence.h"

#include <string.h>

enum { LEAST_SIGNS = 3, MOST_INDENTATION = 3 };

static bool is_sign(char byte)
{
    return byte == '`' || byte == '~';
}

/* How many bytes from `at` on are the sign. */
static size_t count_signs(const char *line, size_t length, size_t at, char sign)
{
    size_t end = at;

    while (end < length && line[end] == sign)
        end++;
    return end - at;
}

static size_t skip_spaces(const char *line, size_t length, size_t at)
{
    while (at < length && line[at] == ' ')
        at++;
    return at;
}

/* A backtick behind the signs makes code in a line of it, to some readers. */
static bool opens(const char *line, size_t length, struct fence *ret)
{
    size_t signs = length > 0 && is_sign(*line) ? count_signs(line, length, 0, *line) : 0;

    if (signs < LEAST_SIGNS || signs > FENCE_MAX_SIGNS || length - signs > FENCE_MAX_INFO ||
        memchr(line + signs, '`', length - signs))
        return false;
    *ret = (struct fence){
        .sign = *line,
        .length = signs,
        .info = line + signs,
        .info_length = length - signs,
    };
    return true;
}

static bool closes(const struct fence *fence, const char *line, size_t length)
{
    size_t begin = skip_spaces(line, length, 0);
    size_t signs = count_signs(line, length, begin, fence->sign);

    return begin <= MOST_INDENTATION && signs >= fence->length &&
           skip_spaces(line, length, begin + signs) == length;
}

struct fence fence_after_line(const struct fence *before, const char *line, size_t length)
{
    struct fence after = { 0 };

    if (before->sign)
        return closes(before, line, length) ? after : *before;
    (void)opens(line, length, &after);
    return after;
}

struct fence fence_after(const struct fence *before, const char *bytes, size_t length)
{
    struct fence fence = *before;

    for (size_t at = 0, next; at < length; at = next) {
        const char *line_feed = memchr(bytes + at, '\n', length - at);
        size_t end = line_feed ? (size_t)(line_feed - bytes) : length;
        fence = fence_after_line(&fence, bytes + at, end - at);
        next = end + 1;
    }
    return fence;
}

/* Whatever lists and quotes put before their content. */
static bool is_before_content(char byte)
{
    return byte && strchr(" >-+*.)|0123456789", byte);
}

static bool may_close(const struct fence *fence, const char *line, size_t length, size_t *ret)
{
    *ret = skip_spaces(line, length, 0);
    return count_signs(line, length, *ret, fence->sign) >= fence->length;
}

static bool may_open(const char *line, size_t length, size_t *ret)
{
    *ret = 0;
    while (*ret < length && is_before_content(line[*ret]))
        (*ret)++;
    return *ret < length && is_sign(line[*ret]) &&
           count_signs(line, length, *ret, line[*ret]) >= LEAST_SIGNS;
}

bool fence_is_doubtful(const struct fence *before, const char *line, size_t length, size_t *ret)
{
    struct fence opened;

    if (before->sign)
        return may_close(before, line, length, ret) && !closes(before, line, length);
    return may_open(line, length, ret) && !opens(line, length, &opened);
}

void fence_add_closing(const struct fence *fence, struct text *ret)
{
    for (size_t i = 0; i < fence->length; i++)
        text_add_char(ret, fence->sign);
}

void fence_add_opening(const struct fence *fence, struct text *ret)
{
    fence_add_closing(fence, ret);
    text_add(ret, fence->info, fence->info_length);
    text_add_char(ret, '\n');
}
