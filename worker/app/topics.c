#include "worker/app/topics.h"

#include "common/mem.h"
#include "worker/app/clients.h"
#include "worker/edge/admin.h"

enum { CHECK_TIMEOUT_MS = 2000, MAX_LINE_BYTES = 16 * 1024 };

static const char *name_or_null(const char *name)
{
    return *name ? name : NULL;
}

struct topic_plan topics_plan(const struct settings *settings)
{
    return (struct topic_plan){
        .bootstrap_servers = settings->kafka.bootstrap_servers,
        .names = { [TOPIC_NOTIFICATIONS] = name_or_null(settings->topics.notifications),
                   [TOPIC_CONVERSATIONS] = name_or_null(settings->topics.conversations),
                   [TOPIC_INTEGRATIONS] = name_or_null(settings->topics.integrations),
                   [TOPIC_REPLIES] = name_or_null(settings->topics.replies),
                   [TOPIC_DEAD_LETTERS] = name_or_null(settings->topics.dead_letters),
                   [TOPIC_STATE] = name_or_null(settings->topics.state) },
    };
}

void topics_write_finding(const char *topic, const struct topic_finding *finding, struct text *ret)
{
    text_printf(ret, "%s: %s: %s", topic, topic_state_name(finding->state),
                text_string(&finding->seen));
    if (finding->state == TOPIC_IS_FINE)
        return;
    if (finding->state != TOPIC_IS_MISSING)
        text_printf(ret, "; right: %s", text_string(&finding->wanted));
    text_printf(ret, " → %s", text_string(&finding->fix));
}

/* What the plan says, now that it knows. */
static enum topics_check judge_state(const struct topic_plan *plan, struct fault *reterr)
{
    AUTO(text_free) struct text line = text_of(MAX_LINE_BYTES);
    AUTO(topic_finding_free) struct topic_finding finding;

    topic_plan_judge_to_run(plan, &finding);
    topics_write_finding(plan->names[TOPIC_STATE], &finding, &line);
    fault_set(reterr, "%s", text_string(&line));
    switch (finding.state) {
    case TOPIC_IS_FINE:
        return TOPICS_FINE;
    case TOPIC_IS_UNKNOWN:
        return plan->found[TOPIC_STATE].presence == TOPIC_HIDDEN ? TOPICS_NOT_KNOWN : TOPICS_FINE;
    case TOPIC_IS_MISSING:
    case TOPIC_IS_WRONG:
        break;
    }
    return TOPICS_WRONG;
}

enum topics_check topics_check_state(const struct settings *settings, struct fault *reterr)
{
    AUTO(free) struct kafka_property *properties = clients_properties(settings, false);
    struct topic_plan plan = topics_plan(settings);
    struct admin *admin;

    plan.names[TOPIC_INTEGRATIONS] = NULL;
    plan.names[TOPIC_REPLIES] = NULL;
    plan.names[TOPIC_DEAD_LETTERS] = NULL;
    if (admin_open(properties, CHECK_TIMEOUT_MS, &admin, reterr) != 0)
        return TOPICS_NOT_KNOWN;
    enum admin_answer answer = admin_look(admin, &plan, reterr);
    admin_free(admin);
    return answer == ADMIN_DONE ? judge_state(&plan, reterr) : TOPICS_NOT_KNOWN;
}
