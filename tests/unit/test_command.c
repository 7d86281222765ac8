#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "worker/cmd/command.h"

enum { MAX_WORDS = 8, CODE = 42 };

/* What the command was last called with. */
static struct {
    const char *settings_path;
    int argc;
    char words[MAX_WORDS][16];
} called;

static int note(const struct command_context *context, int argc, char **argv)
{
    called.settings_path = context->settings_path;
    called.argc = argc;
    for (int i = 0; i < argc; i++)
        (void)snprintf(called.words[i], sizeof(called.words[i]), "%s", argv[i]);
    return CODE;
}

static const struct command command_carry = { "carry", "[--far]", "carries", "", note };
static const struct command command_help = { "help", "[COMMAND]", "helps", "", note };
static const struct command *const commands[] = { &command_carry, &command_help, NULL };

/* Splits a line into words at its spaces; gives how many. */
static int split(char *line, char *ret[static MAX_WORDS + 1])
{
    int count = 0;
    char *rest;

    for (char *word = strtok_r(line, " ", &rest); word && count < MAX_WORDS;
         word = strtok_r(NULL, " ", &rest))
        ret[count++] = word;
    ret[count] = NULL;
    return count;
}

static int run(const char *line)
{
    static char room[128]; /* `called` borrows from it */
    char *words[MAX_WORDS + 1];

    memset(&called, 0, sizeof(called));
    (void)snprintf(room, sizeof(room), "%s", line);
    int count = split(room, words);
    return command_main(commands, count, words);
}

static void a_command_gets_what_stands_behind_it(void **state)
{
    (void)state;
    assert_int_equal(run("prog carry --far -- --settings x"), CODE);
    assert_int_equal(called.argc, 5);
    assert_string_equal(called.words[0], "carry");
    assert_string_equal(called.words[1], "--far");
    assert_string_equal(called.words[3], "--settings");
    assert_null(called.settings_path);
}

static void settings_may_stand_before_or_behind_the_command(void **state)
{
    (void)state;
    static const char *const lines[] = { "prog --settings a.conf carry",
                                         "prog carry --settings a.conf",
                                         "prog --settings=a.conf carry" };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        assert_int_equal(run(lines[i]), CODE);
        assert_string_equal(called.settings_path, "a.conf");
        assert_int_equal(called.argc, 1);
    }
}

static void help_is_asked_about_the_command_that_it_stands_behind(void **state)
{
    (void)state;
    assert_int_equal(run("prog carry --help"), CODE);
    assert_int_equal(called.argc, 2);
    assert_string_equal(called.words[0], "help");
    assert_string_equal(called.words[1], "carry");
    assert_int_equal(run("prog -h"), CODE);
    assert_int_equal(called.argc, 1);
}

static void a_wrong_line_is_a_matter_of_usage(void **state)
{
    (void)state;
    assert_int_equal(run("prog"), EXIT_USAGE);
    assert_int_equal(run("prog cary"), EXIT_USAGE);
    assert_int_equal(run("prog --fast carry"), EXIT_USAGE);
    assert_int_equal(run("prog carry --settings"), EXIT_USAGE);
    assert_int_equal(called.argc, 0);
}

struct carrying {
    bool far;
    const char *what;
};

/* Reads a line of "carry"; leaves its operands in `words`. */
static int read_line(const char *line, struct carrying *carrying, char *words[static MAX_WORDS + 1])
{
    static char room[128];
    const struct command_option options[] = { { "--far", &carrying->far, NULL },
                                              { "--what", NULL, &carrying->what },
                                              { NULL, NULL, NULL } };

    *carrying = (struct carrying){ false, NULL };
    (void)snprintf(room, sizeof(room), "%s", line);
    int count = split(room, words);
    return command_read(options, 2, count, words);
}

static void options_stand_anywhere(void **state)
{
    (void)state;
    struct carrying carrying;
    char *words[MAX_WORDS + 1];

    assert_int_equal(read_line("carry here --what box --far -", &carrying, words), 2);
    assert_true(carrying.far);
    assert_string_equal(carrying.what, "box");
    assert_string_equal(words[1], "here");
    assert_string_equal(words[2], "-");

    assert_int_equal(read_line("carry --what=a=b -- --far", &carrying, words), 1);
    assert_false(carrying.far);
    assert_string_equal(carrying.what, "a=b");
    assert_string_equal(words[1], "--far");
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = { "carry --fra", "carry --what", "carry --far=yes",
                                         "carry a b c" };
    struct carrying carrying;
    char *words[MAX_WORDS + 1];

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        assert_int_equal(read_line(lines[i], &carrying, words), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_gets_what_stands_behind_it),
        cmocka_unit_test(settings_may_stand_before_or_behind_the_command),
        cmocka_unit_test(help_is_asked_about_the_command_that_it_stands_behind),
        cmocka_unit_test(a_wrong_line_is_a_matter_of_usage),
        cmocka_unit_test(options_stand_anywhere),
        cmocka_unit_test(wrong_options_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
