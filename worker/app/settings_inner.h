/*
 * settings_inner: what the files of the settings share; nobody else includes it.
 *
 * settings.c goes through the table, settings_file.c brings the text in, settings_integrations.c
 * reads the licences, settings_url.c their servers, settings_properties.c the Kafka clients,
 * settings_hosts.c where attachments may come from, settings_old_news.c what is old;
 * settings_print.c writes it all down.
 */
#ifndef WORKER_APP_SETTINGS_INNER_H
#define WORKER_APP_SETTINGS_INNER_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "worker/app/settings.h"
#include "worker/app/settings_table.h"

enum {
    SETTINGS_MAX_BYTES = 8 * 1024 * 1024,
    SETTINGS_MAX_NESTING = 16,
    SETTINGS_MAX_SECRET = 4096,
    SETTINGS_MAX_NAME = 400, /* of a licence, a type, a channel */
};

/* Where attachments may come from, when nothing is said. */
#define SETTINGS_STANDARD_HOST "*.i-reserve.nl"

/* Where a setting comes from. */
enum origin_kind { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT };

struct origin {
    enum origin_kind kind;
    int line; /* of the file */
};

/* The settings with what they live in; `public` is the first member. */
struct loaded {
    struct settings public;
    config_t config;        /* most strings are libconfig's */
    struct origin *origins; /* by row of the table */
    void **owned;           /* strings and arrays of our own */
    size_t owned_count;
    char **secrets; /* of these, what is wiped before it is freed */
    size_t secret_count;
    struct host_list *hosts;
    const char *const *host_patterns; /* what it was made of, to be shown */
    size_t host_count;
    bool hosts_are_standard;
    struct text *errors; /* while loading */
};

/* Adds an error line: file:line: setting: words. */
void settings_complain(struct loaded *loaded, int line, const char *setting, const char *format,
                       ...) ATTR_PRINTF(4, 5);

/* Keeps memory until the settings are freed; gives it back. */
void *settings_own(struct loaded *loaded, void *memory);

/*
 * Reads the whole file, refusing what libconfig could not survive.  -1: complained.
 */
int settings_read_file(struct loaded *loaded, const char *path, struct text *ret);

/* Gives the content of a secret's file; NULL: complained, naming `setting`. */
const char *settings_read_secret(struct loaded *loaded, const char *path, int line,
                                 const char *setting);

/* Reads kafka.properties and kafka.property_files; computes what follows from them. */
void settings_read_properties(struct loaded *loaded);

/* Reads the integrations. */
void settings_read_integrations(struct loaded *loaded);

/* Reads attachments.hosts. */
void settings_read_hosts(struct loaded *loaded);

/* Reads old_news. */
void settings_read_old_news(struct loaded *loaded);

/* What is wrong with the URL of a server; NULL when nothing is. */
const char *settings_fault_of_url(const char *url, bool allow_http);

/* Complains of members of `group` that are not in `names`, with the nearest that is. */
void settings_refuse_strangers(struct loaded *loaded, const config_setting_t *group,
                               const char *prefix, const char *const *names, size_t count);

#endif
