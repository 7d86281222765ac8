#include "worker/core/age.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/must.h"

const char *const old_news_fate_names[OLD_NEWS_FATE_COUNT] = {
#define X(name, word) [OLD_NEWS_##name] = word,
    OLD_NEWS_FATES(X)
#undef X
};

wall_ms age_moment(const struct event *event, const struct record *record)
{
    wall_ms happened = event->kind == EVENT_NOTIFICATION ? event->notification.occurred_at
                                                         : event->conversation.at;

    if (happened >= 0)
        return happened;
    return event->time >= 0 ? event->time : record->timestamp;
}

static const struct old_news_rule *find_rule(const struct old_news *news, const char *type)
{
    for (size_t i = 0; i < news->count; i++)
        if (strcmp(news->rules[i].type, type) == 0)
            return &news->rules[i];
    return NULL;
}

/* The name of conversations is no type of notifications, whatever they call themselves. */
static const struct old_news_rule *rule_for(const struct old_news *news, const struct event *event)
{
    if (event->kind != EVENT_NOTIFICATION)
        return find_rule(news, OLD_NEWS_OF_CONVERSATIONS);

    const char *type = event->notification.type;
    const struct old_news_rule *rule =
        strcmp(type, OLD_NEWS_OF_CONVERSATIONS) != 0 ? find_rule(news, type) : NULL;
    return rule ? rule : find_rule(news, OLD_NEWS_OF_ALL_OTHERS);
}

enum age age_judge(const struct old_news *news, const struct event *event, wall_ms moment,
                   wall_ms now)
{
    enum { SECOND_MS = 1000 };
    const struct old_news_rule *rule = rule_for(news, event);

    if (!rule || moment < 0 || now - moment <= rule->max_age_s * SECOND_MS)
        return AGE_FRESH;
    if (rule->then == OLD_NEWS_MARK)
        return AGE_MARKED;
    must(event->kind == EVENT_NOTIFICATION);
    return AGE_DROPPED;
}

void age_write_words(enum language language, wall_ms moment, char ret[static AGE_WORDS_SIZE])
{
    static const enum word months[] = {
        WORD_JANUARY, WORD_FEBRUARY, WORD_MARCH,     WORD_APRIL,   WORD_MAY,      WORD_JUNE,
        WORD_JULY,    WORD_AUGUST,   WORD_SEPTEMBER, WORD_OCTOBER, WORD_NOVEMBER, WORD_DECEMBER,
    };
    time_t seconds = (time_t)(moment / 1000);
    struct tm at;

    must(moment >= 0 && gmtime_r(&seconds, &at));
    (void)snprintf(ret, AGE_WORDS_SIZE, "%s %d %s %d %02d:%02d UTC", word_in(language, WORD_OF),
                   at.tm_mday, word_in(language, months[at.tm_mon]), at.tm_year + 1900, at.tm_hour,
                   at.tm_min);
}
