/*
 * The members of a JSON object, read by table.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/rfc3339.h"
#include "worker/core/event_inner.h"

int event_refuse(const struct place *place, enum reason reason, const char *name,
                 const char *format, ...)
{
    struct event_problem *problem = place->problem;
    va_list arguments;

    *problem = (struct event_problem){ .reason = reason };
    if (place->index)
        (void)snprintf(problem->field, sizeof(problem->field), "%s[%zu]%s%s", place->prefix,
                       *place->index, *name ? "." : "", name);
    else
        (void)snprintf(problem->field, sizeof(problem->field), "%s%s", place->prefix, name);
    va_start(arguments, format);
    (void)vsnprintf(problem->words, sizeof(problem->words), format, arguments);
    va_end(arguments);
    return -1;
}

int members_read(const struct place *place, const struct member *members, const json_t *object,
                 void *target)
{
    for (const struct member *member = members; member->name; member++) {
        const json_t *value = json_object_get(object, member->name);
        if (value && !json_is_null(value)) {
            if (member->read(place, member, value, (char *)target + member->offset) != 0 &&
                !(member->flags & MEMBER_FORGIVEN))
                return -1;
        } else if (member->flags & MEMBER_REQUIRED) {
            return event_refuse(place, place->reason, member->name, "is missing");
        }
    }
    return 0;
}

/* How many characters are in valid UTF-8. */
static size_t count_characters(const char *bytes, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return count;
}

int member_text(const struct place *place, const struct member *member, const json_t *value,
                void *ret)
{
    const char *string = json_string_value(value);
    size_t length = json_string_length(value);

    if (!string)
        return event_refuse(place, place->reason, member->name, "must be a string");
    if (length == 0 && (member->flags & MEMBER_FILLED))
        return event_refuse(place, place->reason, member->name, "must not be empty");
    if (length > member->most && count_characters(string, length) > member->most)
        return event_refuse(place, REASON_TOO_LARGE, member->name, "is longer than %zu characters",
                            member->most);
    if (length > 0)
        *(const char **)ret = string;
    return 0;
}

/* Whether a string has one of U+0001–001F and U+007F–009F. */
static bool has_control(const char *string)
{
    const unsigned char *byte = (const unsigned char *)string;

    for (; *byte; byte++)
        if (*byte < 0x20 || *byte == 0x7f || (*byte == 0xc2 && byte[1] < 0xa0))
            return true;
    return false;
}

int member_name(const struct place *place, const struct member *member, const json_t *value,
                void *ret)
{
    const char *name = *(const char **)ret;

    if (member_text(place, member, value, &name) != 0)
        return -1;
    if (has_control(json_string_value(value)))
        return event_refuse(place, place->reason, member->name, "holds a control character");
    *(const char **)ret = name;
    return 0;
}

/* What is behind http:// or https://; NULL: it begins with neither. */
static const char *skip_scheme(const char *url)
{
    static const char *const schemes[] = { "http://", "https://" };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            return url + strlen(schemes[i]);
    return NULL;
}

int member_url(const struct place *place, const struct member *member, const json_t *value,
               void *ret)
{
    const char *url = "";

    if (member_name(place, member, value, &url) != 0)
        return -1;
    if (*url == '\0')
        return 0;

    const char *host = skip_scheme(url);
    if (!host || strchr("/?#", *host)) /* which also finds the end */
        return event_refuse(place, place->reason, member->name,
                            "is not an absolute http or https address");
    if (strpbrk(url, " \"<>\\"))
        return event_refuse(place, place->reason, member->name,
                            "holds a blank, a quote, <, > or a backslash");
    *(const char **)ret = url;
    return 0;
}

int member_time(const struct place *place, const struct member *member, const json_t *value,
                void *ret)
{
    wall_ms at;

    if (!json_is_string(value))
        return event_refuse(place, place->reason, member->name, "must be a string");
    if (!rfc3339_read(json_string_value(value), &at) || at < 0)
        return event_refuse(place, place->reason, member->name,
                            "is not a time such as 2026-11-23T09:15:00Z, in 1970 or later");
    *(wall_ms *)ret = at;
    return 0;
}

int member_list(const struct place *place, const struct member *member, const json_t *value,
                void *ret)
{
    if (!json_is_array(value))
        return event_refuse(place, place->reason, member->name, "must be a list");
    if (json_array_size(value) > member->most)
        return event_refuse(place, REASON_TOO_LARGE, member->name, "has more than %zu elements",
                            member->most);
    *(const json_t **)ret = value;
    return 0;
}

int member_object(const struct place *place, const struct member *member, const json_t *value,
                  void *ret)
{
    if (!json_is_object(value))
        return event_refuse(place, place->reason, member->name, "must be an object");
    *(const json_t **)ret = value;
    return 0;
}

int member_choice(const json_t *value, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_is_string(value) && strcmp(json_string_value(value), names[i]) == 0)
            return (int)i;
    return -1;
}
