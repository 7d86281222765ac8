/*
 * Any settings file: it is read or refused, with words and in this process (libconfig would end it
 * over some), and what was read can be shown.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/must.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"
#include "worker/app/settings.h"

enum { MAX_OUTPUT = 64 * 1024 * 1024 };

/* Writes the input where settings_load() can open it; gives the descriptor that keeps it. */
static int keep(const uint8_t *data, size_t size, char *retpath, size_t room)
{
    int file = memfd_create("settings", MFD_CLOEXEC);

    must(file >= 0 && write(file, data, size) == (ssize_t)size);
    (void)snprintf(retpath, room, "/proc/self/fd/%d", file);
    return file;
}

/* Each line names the file. */
static void check_errors(const char *errors, const char *path)
{
    must(*errors);
    must(strncmp(errors, path, strlen(path)) == 0);
    must(errors[strlen(errors) - 1] == '\n');
}

static void check_shown(const struct settings *settings)
{
    AUTO(text_free) struct text shown = text_of(MAX_OUTPUT);

    settings_print(settings, false, &shown);
    must(!shown.overflowed && shown.length > 0);
    text_clear(&shown);
    settings_print(settings, true, &shown);
    must(!shown.overflowed);
    json_t *tree = json_loadb(text_string(&shown), shown.length, JSON_REJECT_DUPLICATES, NULL);
    must(tree);
    json_decref(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(text_free) struct text errors = text_of(MAX_OUTPUT);
    const struct settings *settings = NULL;
    char path[64];
    int file = keep(data, size, path, sizeof(path));

    if (settings_load(path, &settings, &errors) == 0) {
        must(errors.length == 0);
        check_shown(settings);
        settings_free(settings);
    } else {
        check_errors(text_string(&errors), path);
    }
    close(file);
    return 0;
}
