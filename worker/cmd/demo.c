/* demo: the whole path on this machine, with a page to look at. */
#include "worker/demo/demo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "worker/cmd/command.h"

enum { MOST_SECONDS = 24 * 3600, MOST_PORT = 65535 };

/* Reads a whole number from 0 to `most`; leaves `ret` alone when the option is not there. */
static bool read_number(const char *name, const char *value, long most, long *ret)
{
    char *end;

    if (!value)
        return true;
    errno = 0;
    *ret = strtol(value, &end, 10);
    if (errno == 0 && end != value && *end == '\0' && *ret >= 0 && *ret <= most)
        return true;
    fprintf(stderr, "%s wants a whole number from 0 to %ld\n", name, most);
    return false;
}

static int run(const struct command_context *context, int argc, char **argv)
{
    const char *seconds = NULL;
    const char *port = NULL;
    const struct command_option options[] = { { .name = "--seconds", .value = &seconds },
                                              { .name = "--port", .value = &port },
                                              { .name = NULL } };
    long seconds_number = 0;
    long port_number = 0;

    (void)context;
    if (command_read(options, 0, argc, argv) < 0 ||
        !read_number("--seconds", seconds, MOST_SECONDS, &seconds_number) ||
        !read_number("--port", port, MOST_PORT, &port_number))
        return EXIT_USAGE;
    const struct demo_options demo = { .seconds = (int)seconds_number,
                                       .port = (uint16_t)port_number };
    return demo_run(&demo);
}

const struct command command_demo = {
    .name = "demo",
    .arguments = "[--seconds N] [--port P]",
    .summary = "shows the whole path on this machine, with a page to look at",
    .help =
        "Starts a broker, a stand-in for Mattermost and a worker, and makes notifications and\n"
        "web-chats.  The page's address is printed; its buttons make trouble.  With --seconds it\n"
        "makes every trouble in turn, ends by itself and prints how many events were produced,\n"
        "posted, lost, posted twice and out of order, and how many threads had a second root\n"
        "beside the first; it exits with 0 only when the last four are 0.\n",
    .run = run,
};
