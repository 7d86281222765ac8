#include <poll.h>
#include <stdio.h>

#include "common/mem.h"
#include "worker/app/clients.h"
#include "worker/app/topics.h"
#include "worker/cmd/command.h"
#include "worker/cmd/load_settings.h"
#include "worker/edge/admin.h"

enum { TIMEOUT_MS = 10000, MAX_OUTPUT = 1024 * 1024 };

/* What the command line says. */
struct wishes {
    bool create;
    bool as_json;
    const char *forgotten; /* the source topic whose state is to go; NULL: none */
};

static int complain(enum admin_answer answer, const struct fault *fault)
{
    fprintf(stderr, "topics: %s\n", fault->words);
    return answer == ADMIN_UNREACHABLE ? EXIT_UNREACHABLE : EXIT_NO;
}

static void print_line(const struct topic_plan *plan, enum topic_role role,
                       const struct topic_finding *finding, struct text *out)
{
    topics_write_finding(plan->names[role], finding, out);
    text_add_char(out, '\n');
}

static void print_json(const struct topic_plan *plan, enum topic_role role,
                       const struct topic_finding *finding, struct text *out)
{
    const char *const members[][2] = {
        { "topic", plan->names[role] },
        { "role", topic_role_names[role] },
        { "state", topic_state_name(finding->state) },
        { "seen", text_string(&finding->seen) },
        { "wanted", text_string(&finding->wanted) },
        { "fix", text_string(&finding->fix) },
    };

    text_add_string(out, out->length == 0 ? "{\"topics\":[\n" : ",\n");
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        text_add_string(out, i == 0 ? "{" : ",");
        text_add_json_string(out, members[i][0]);
        text_add_char(out, ':');
        text_add_json_string(out, members[i][1]);
    }
    text_add_char(out, '}');
}

/* Prints what is found of each topic; gives the exit code that follows. */
static int print(const struct topic_plan *plan, bool as_json)
{
    AUTO(text_free) struct text out = text_of(MAX_OUTPUT);
    int exit_code = EXIT_FINE;

    for (size_t i = 0; i < TOPIC_ROLE_COUNT; i++) {
        AUTO(topic_finding_free) struct topic_finding finding = { 0 };
        enum topic_role role = (enum topic_role)i;
        if (!plan->names[role])
            continue;
        topic_plan_judge(plan, role, &finding);
        (as_json ? print_json : print_line)(plan, role, &finding, &out);
        if (finding.state != TOPIC_IS_FINE)
            exit_code = EXIT_NO;
    }
    if (as_json)
        text_add_string(&out, "\n]}\n");
    fputs(text_string(&out), stdout);
    return exit_code;
}

static void tell_created(const struct topic_wish *wish)
{
    fprintf(stderr, "created %s: %d partition%s, %d replica%s", wish->name, wish->partitions,
            wish->partitions == 1 ? "" : "s", wish->replicas, wish->replicas == 1 ? "" : "s");
    for (size_t i = 0; i < TOPIC_CONFIG_COUNT; i++)
        if (*wish->configs[i])
            fprintf(stderr, ", %s=%s", topic_config_names[i], wish->configs[i]);
    fputc('\n', stderr);
}

/* Creates what is missing and may be created. */
static enum admin_answer create_missing(struct admin *admin, struct topic_plan *plan,
                                        struct fault *reterr)
{
    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++) {
        struct topic_wish wish;
        if (!topic_plan_wish(plan, (enum topic_role)role, &wish))
            continue;
        enum admin_answer answer = admin_create(admin, &wish, reterr);
        if (answer != ADMIN_DONE)
            return answer;
        tell_created(&wish);
    }
    return ADMIN_DONE;
}

static bool is_any_missing(const struct topic_plan *plan)
{
    struct topic_wish wish;

    for (size_t role = 0; role < TOPIC_ROLE_COUNT; role++)
        if (topic_plan_wish(plan, (enum topic_role)role, &wish))
            return true;
    return false;
}

/* Creates, and looks again: the broker that is asked may hear of what was created a little late. */
static enum admin_answer create(struct admin *admin, struct topic_plan *plan, struct fault *reterr)
{
    enum { LOOKS = 50, PAUSE_MS = 100 };
    enum admin_answer answer = create_missing(admin, plan, reterr);

    if (answer == ADMIN_DONE)
        answer = admin_look(admin, plan, reterr);
    for (int i = 0; i < LOOKS && answer == ADMIN_DONE && is_any_missing(plan); i++) {
        (void)poll(NULL, 0, PAUSE_MS);
        answer = admin_look(admin, plan, reterr);
    }
    return answer;
}

static int show(struct admin *admin, struct topic_plan *plan, const struct wishes *wishes)
{
    struct fault fault;
    enum admin_answer answer = admin_look(admin, plan, &fault);

    if (answer == ADMIN_DONE && wishes->create)
        answer = create(admin, plan, &fault);
    return answer == ADMIN_DONE ? print(plan, wishes->as_json) : complain(answer, &fault);
}

/* A worker that runs has in mind what is to be forgotten, and would write it again. */
static int forget(struct admin *admin, const struct settings *settings, const char *source)
{
    struct fault fault;
    size_t count = 0;
    enum admin_answer answer = admin_count_members(admin, settings->kafka.group_id, &count, &fault);

    if (answer != ADMIN_DONE)
        return complain(answer, &fault);
    if (count > 0) {
        fprintf(stderr, "topics: group %s has %zu member%s: stop all workers first\n",
                settings->kafka.group_id, count, count == 1 ? "" : "s");
        return EXIT_TRY_AGAIN;
    }
    answer = admin_forget_state(admin, settings->topics.state, source, &count, &fault);
    if (answer == ADMIN_DONE || count > 0)
        printf("%s: %zu key%s of %s removed\n", settings->topics.state, count,
               count == 1 ? "" : "s", source);
    return answer == ADMIN_DONE ? EXIT_FINE : complain(answer, &fault);
}

static int run(const struct settings *settings, const struct wishes *wishes)
{
    AUTO(free) struct kafka_property *properties = clients_properties(settings, false);
    struct topic_plan plan = topics_plan(settings);
    AUTO(admin_free) struct admin *admin = NULL;
    struct fault fault;

    if (wishes->forgotten && !topic_plan_is_source(&plan, wishes->forgotten)) {
        fprintf(stderr, "topics: the worker does not read from \"%.249s\" by these settings\n",
                wishes->forgotten);
        return EXIT_USAGE;
    }
    if (admin_open(properties, TIMEOUT_MS, &admin, &fault) != 0) {
        fprintf(stderr, "topics: %s\n", fault.words);
        return EXIT_SETTINGS;
    }
    return wishes->forgotten ? forget(admin, settings, wishes->forgotten)
                             : show(admin, &plan, wishes);
}

static int run_command(const struct command_context *context, int argc, char **argv)
{
    struct wishes wishes = { 0 };
    const struct command_option options[] = {
        { .name = "--create", .flag = &wishes.create },
        { .name = "--json", .flag = &wishes.as_json },
        { .name = "--forget-state", .value = &wishes.forgotten },
        { .name = NULL },
    };

    if (command_read(options, 0, argc, argv) < 0)
        return EXIT_USAGE;
    if (wishes.forgotten && (wishes.create || wishes.as_json)) {
        fprintf(stderr, "topics: --forget-state stands alone\n");
        return EXIT_USAGE;
    }
    const struct settings *settings = load_settings(context);
    if (!settings)
        return EXIT_SETTINGS;
    int exit_code = run(settings, &wishes);
    settings_free(settings);
    return exit_code;
}

const struct command command_topics = {
    .name = "topics",
    .arguments = "[--create] [--json] [--forget-state TOPIC]",
    .summary = "shows which topics are missing or wrong, and what mends them",
    .help =
        "    ireserve-mattermost topics\n"
        "    ireserve-mattermost topics --create\n"
        "\n"
        "Exits with 0 when all is fine.  --create makes those of the worker's own that are missing,\n"
        "with the right settings, once the topics that it reads from exist; it never changes one\n"
        "that is there.\n"
        "\n"
        "--forget-state TOPIC is for a topic that was deleted and made again: its offsets begin\n"
        "again, too, and what the worker remembers of the old ones has to go; with that go records\n"
        "of it that are parked and were not posted yet.  Stop all workers first.  Doing it twice\n"
        "does no harm.\n",
    .run = run_command,
};
