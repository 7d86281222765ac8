#include "worker/core/render_files.h"

#include <inttypes.h>
#include <string.h>

#include "common/must.h"
#include "worker/core/clean.h"
#include "worker/core/post_body.h"
#include "worker/core/split.h"

enum {
    MAX_NAME_COST = 100,  /* of a file's name in a note */
    MAX_NAME_BYTES = 200, /* of a file's name; servers take 255 */
    MAX_EXTENSION = 16,   /* with its dot; what is longer is none */
    MAX_NOTE_BYTES = 4096,
};

static const enum word why[] = {
    [FETCH_NONE] = WORD_FAILED,
    [FETCH_NO_ADDRESS] = WORD_NO_ADDRESS,
    [FETCH_HOST_FORBIDDEN] = WORD_HOST_FORBIDDEN,
    [FETCH_NOT_FOUND] = WORD_NOT_FOUND,
    [FETCH_REFUSED] = WORD_REFUSED,
    [FETCH_FAILED] = WORD_FAILED,
    [FETCH_TOO_SLOW] = WORD_TOO_SLOW,
    [FETCH_TOO_LARGE] = WORD_TOO_LARGE,
    [FETCH_EMPTY] = WORD_EMPTY,
    [FETCH_NOT_TAKEN] = WORD_NOT_TAKEN,
};

static bool has_file(const struct render_files *files, size_t index)
{
    return *files->files[index].file_id;
}

/* The next attachment from `index` on that has a file, or has none. */
static size_t find(const struct render_files *files, size_t index, bool with_file)
{
    while (index < files->count && has_file(files, index) != with_file)
        index++;
    return index;
}

bool render_files_are_left(const struct render_files *files)
{
    return find(files, files->next_file, true) < files->count ||
           find(files, files->next_note, false) < files->count;
}

void render_files_add_ids(struct render_files *files, struct text *ret)
{
    for (int i = 0; i < RENDER_FILES_A_POST; i++) {
        size_t next = find(files, files->next_file, true);
        if (next == files->count)
            break;
        text_add_string(ret, i ? "," : ",\"file_ids\":[");
        text_add_json_string(ret, files->files[next].file_id);
        files->next_file = next + 1;
        if (i == RENDER_FILES_A_POST - 1 || find(files, next + 1, true) == files->count)
            text_add_char(ret, ']');
    }
}

/* 512 bytes, 1,5 kB, 12 MB. */
static void add_size(int64_t size, enum language language, struct text *ret)
{
    static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB", "PB", "EB" };
    size_t unit = 0;
    int64_t tenths = 0;

    for (; size >= 1000; unit++) {
        tenths = size % 1000 / 100;
        size /= 1000;
    }
    text_add_int(ret, size);
    if (tenths > 0 && size < 10)
        text_printf(ret, "%s%" PRId64, word_in(language, WORD_DECIMAL), tenths);
    text_printf(ret, " %s", units[unit]);
}

static void add_name(const char *name, enum language language, struct text *ret)
{
    size_t length = name ? strlen(name) : 0;
    size_t shown = split_first(name ? name : "", length, MAX_NAME_COST);
    size_t before = ret->length;

    if (name)
        defuse(name, shown, DEFUSE_LINE, ret);
    if (ret->length == before)
        text_add_string(ret, word_in(language, WORD_FILE));
    else if (shown < length)
        text_add_string(ret, "…");
}

/* 📎 **foto.png** (1,5 MB) ontbreekt: het is te groot */
static void write_note(const struct render_files *files, size_t index, struct text *ret)
{
    const struct attachment *attachment = &files->attachments[index];

    text_add_string(ret, "📎 **");
    add_name(attachment->name, files->language, ret);
    text_add_string(ret, "**");
    if (attachment->size >= 0) {
        text_add_string(ret, " (");
        add_size(attachment->size, files->language, ret);
        text_add_char(ret, ')');
    }
    text_printf(ret, " %s: %s", word_in(files->language, WORD_MISSING),
                word_in(files->language, why[files->files[index].problem]));
}

static void add_address(const struct render_files *files, size_t index, struct render_links *links)
{
    const char *url = files->attachments[index].url;

    if (url && files->files[index].problem != FETCH_HOST_FORBIDDEN)
        render_links_add(links, url);
}

void render_files_add_notes(struct render_files *files, size_t max_runes, struct text *message,
                            struct render_links *links)
{
    const char *between = "\n\n"; /* no list, quote or table of the text goes on beyond it */
    size_t runes = post_body_runes(text_string(message), message->length);

    for (size_t next; (next = find(files, files->next_note, false)) < files->count;) {
        AUTO(text_free) struct text note = text_of(MAX_NOTE_BYTES);
        text_add_string(&note, between);
        write_note(files, next, &note);
        must(!note.overflowed);
        runes += post_body_runes(text_string(&note), note.length);
        if (runes > max_runes)
            return;
        text_add(message, text_string(&note), note.length);
        add_address(files, next, links);
        files->next_note = next + 1;
        between = "\n";
    }
}

/* What stands behind the last separator of a path, in one line. */
static void add_last_of_path(const char *name, struct text *ret)
{
    for (; *name; name++) {
        if (*name == '/' || *name == '\\')
            text_clear(ret);
        else if (*name == '.' && ret->length > 0 && ret->bytes[ret->length - 1] == '.')
            continue; /* servers refuse names with .. for ever */
        else
            text_add(ret, *name == '\n' ? " " : name, 1);
    }
}

/* How many bytes of a name, without its extension, may stay: whole characters, no space or dot
 * last. */
static size_t length_of_stem(const char *name, size_t stem, size_t most)
{
    size_t length = stem < most ? stem : most;

    while (length < stem && length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    while (length > 0 && strchr(" .", name[length - 1]))
        length--;
    return length;
}

static void add_shortened(const char *name, size_t length, struct text *ret)
{
    const char *dot = memrchr(name, '.', length);
    size_t extension = dot ? length - (size_t)(dot - name) : 0;

    if (extension == 1 || extension > MAX_EXTENSION)
        extension = 0;
    size_t stem = length_of_stem(name, length - extension, MAX_NAME_BYTES - extension);
    text_add(ret, name, stem);
    text_add(ret, name + length - extension, extension);
}

void render_file_name(const struct attachment *attachment, enum language language, struct text *ret)
{
    AUTO(text_free) struct text scratch = text_of(POST_BODY_MAX_BYTES);
    AUTO(text_free) struct text last = text_of(POST_BODY_MAX_BYTES);
    const char *name = attachment->name ? attachment->name : "";
    size_t before = ret->length;

    if (!clean(name, strlen(name), &scratch))
        name = text_string(&scratch);
    add_last_of_path(name, &last);
    const char *begin = text_string(&last);
    begin += strspn(begin, " .");
    size_t length = length_of_stem(begin, strlen(begin), SIZE_MAX);
    add_shortened(begin, length, ret);
    if (ret->length == before)
        text_add_string(ret, word_in(language, WORD_FILE));
}
