#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "worker/app/settings_inner.h"

/* Reads at most `maximum` bytes; -1 and errno (EFBIG: there are more). */
static int read_whole(const char *path, size_t maximum, struct text *ret)
{
    char bytes[8192];
    ssize_t count;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (file < 0)
        return -1;
    while ((count = read(file, bytes, sizeof(bytes))) > 0) {
        text_add(ret, bytes, (size_t)count);
        if (ret->overflowed || ret->length > maximum) {
            close(file);
            errno = EFBIG;
            return -1;
        }
    }
    int error = errno;
    close(file);
    errno = error;
    return count < 0 ? -1 : 0;
}

/* Where a scan of the text is: libconfig knows "…", and comments of three kinds. */
struct scan {
    const char *at;
    int line;
    int nesting;
};

/* The quote that ends the string that begins at `at`; NULL: none does. */
static const char *end_of_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at : NULL;
}

/* Where the string or comment that begins at `at` ends; `at` when none begins; NULL: nowhere. */
static const char *end_of_quiet_part(const char *at)
{
    const char *end = at;

    if (*at == '"')
        return (end = end_of_string(at)) ? end + 1 : NULL;
    if (*at == '#' || strncmp(at, "//", 2) == 0)
        return strchr(at, '\n');
    if (strncmp(at, "/*", 2) == 0)
        return (end = strstr(at + 2, "*/")) ? end + 2 : NULL;
    return end;
}

static int complain(struct loaded *loaded, const struct scan *scan, const char *words)
{
    settings_complain(loaded, scan->line, "the file", "%s", words);
    return -1;
}

/* Whether a string, up to its end, has \x00 or a byte above \x7F: it would end there, or be no
 * text. */
static bool has_odd_escape(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at != '\\')
            continue;
        at++;
        if (*at == 'x' && (strncmp(at, "x00", 3) == 0 || strchr("89abcdefABCDEF", at[1])))
            return true;
    }
    return false;
}

/* Steps over a string or a comment, if one begins here.  -1: complained of it. */
static int skip_quiet_part(struct loaded *loaded, struct scan *scan)
{
    const char *end = end_of_quiet_part(scan->at);

    if (!end && *scan->at == '"')
        return complain(loaded, scan, "the text that begins here does not end: \" is missing");
    if (!end && scan->at[1] == '*')
        return complain(loaded, scan, "the comment that begins here does not end: */ is missing");
    if (*scan->at == '"' && has_odd_escape(scan->at, end))
        return complain(loaded, scan, "\\x stands for one of 01 to 7f; write the letter itself");
    if (!end) /* a comment in the last line */
        end = scan->at + strlen(scan->at);
    for (; scan->at < end; scan->at++)
        scan->line += *scan->at == '\n';
    return 0;
}

/* Steps over a name or a number, if one begins here; libconfig cuts numbers off at 32 bits. */
static int skip_word(struct loaded *loaded, struct scan *scan)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char parts[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-*";
    char *end;

    if (*scan->at < '0' || *scan->at > '9') {
        if (*scan->at && strchr(letters, *scan->at))
            scan->at += strspn(scan->at, parts);
        return 0;
    }
    errno = 0;
    unsigned long long number = strtoull(scan->at, &end, scan->at[1] == 'x' ? 16 : 10);
    if ((errno != 0 || number > INT32_MAX) && *end != 'L') {
        settings_complain(loaded, scan->line, "the file", "%.*s is more than any setting takes",
                          (int)strspn(scan->at, parts), scan->at);
        return -1;
    }
    scan->at = end;
    return 0;
}

/* Steps over one character that stands for itself. */
static int skip_mark(struct loaded *loaded, struct scan *scan)
{
    char mark = *scan->at;

    if (mark == '\0')
        return 0;
    if (mark == '@')
        return complain(loaded, scan, "@include is not supported; use one file");
    scan->nesting += strchr("{([", mark) != NULL;
    scan->nesting -= strchr("})]", mark) != NULL;
    scan->line += mark == '\n';
    scan->at++;
    if (scan->nesting <= SETTINGS_MAX_NESTING)
        return 0;
    settings_complain(loaded, scan->line, "the file", "is nested more than %d levels deep",
                      SETTINGS_MAX_NESTING);
    return -1;
}

/* Steps over what is UTF-8: to the end, if all is well. */
static void skip_utf8(struct scan *scan)
{
    uint32_t point;
    size_t size;

    for (size_t left = strlen(scan->at); left > 0; left -= size) {
        size = utf8_read(scan->at, left, &point);
        if (size == 0)
            return;
        scan->line += *scan->at == '\n';
        scan->at += size;
    }
}

/*
 * Whether it is UTF-8 without NUL, as it will be in JSON and in the names of channels.  -1:
 * complained.
 */
static int check_bytes(struct loaded *loaded, const struct text *text)
{
    struct scan scan = { .at = text_string(text), .line = 1 };

    if (text->length != strlen(scan.at))
        return complain(loaded, &scan, "holds a NUL byte; it has to be text");
    skip_utf8(&scan);
    return *scan.at ? complain(loaded, &scan, "has to be text in UTF-8, and is not here") : 0;
}

/*
 * Refuses what libconfig ends the process over or overflows its stack with (includes of files that
 * cannot be read, nesting without end), and what it takes in silence for something else: a comment
 * that does not end hides the rest of the file, a large number loses its upper bits.  -1:
 * complained.
 */
static int check_text(struct loaded *loaded, const struct text *text)
{
    struct scan scan = { .at = text_string(text), .line = 1 };

    while (*scan.at) {
        const char *before = scan.at;
        if (skip_quiet_part(loaded, &scan) != 0)
            return -1;
        if (scan.at == before && skip_word(loaded, &scan) != 0)
            return -1;
        if (scan.at == before && skip_mark(loaded, &scan) != 0)
            return -1;
    }
    return 0;
}

int settings_read_file(struct loaded *loaded, const char *path, struct text *ret)
{
    if (read_whole(path, SETTINGS_MAX_BYTES, ret) != 0) {
        if (errno == EFBIG)
            settings_complain(loaded, 0, "the file", "is larger than %d bytes", SETTINGS_MAX_BYTES);
        else
            settings_complain(loaded, 0, "the file", "cannot be read: %s", strerror(errno));
        return -1;
    }
    return check_bytes(loaded, ret) != 0 ? -1 : check_text(loaded, ret);
}

/* What is wrong with a secret; NULL when nothing is. */
static const char *fault_of(const struct text *secret)
{
    const char *string = text_string(secret);

    if (secret->length == 0)
        return "is empty; it has to hold the secret";
    if (secret->length != strlen(string))
        return "holds a NUL byte";
    if (strpbrk(string, "\r\n"))
        return "holds more than one line";
    return NULL;
}

static void wipe(struct text *text)
{
    if (text->bytes)
        explicit_bzero(text->bytes, text->capacity);
    text_free(text);
}

const char *settings_read_secret(struct loaded *loaded, const char *path, int line,
                                 const char *setting)
{
    struct text secret = text_of(SETTINGS_MAX_SECRET);

    if (read_whole(path, SETTINGS_MAX_SECRET, &secret) != 0) {
        settings_complain(loaded, line, setting, "%s cannot be read: %s", path,
                          errno == EFBIG ? "it is larger than a secret (4096 bytes)"
                                         : strerror(errno));
        wipe(&secret);
        return NULL;
    }
    if (secret.length > 0 && secret.bytes[secret.length - 1] == '\n')
        text_truncate(&secret, secret.length - 1);
    const char *fault = fault_of(&secret);
    if (fault) {
        settings_complain(loaded, line, setting, "%s %s", path, fault);
        wipe(&secret);
        return NULL;
    }
    char *string = mem_string(text_string(&secret));
    wipe(&secret);
    loaded->secrets =
        mem_resize(loaded->secrets, (loaded->secret_count + 1) * sizeof(*loaded->secrets));
    loaded->secrets[loaded->secret_count++] = string;
    return string;
}
