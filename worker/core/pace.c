#include "worker/core/pace.h"

#include "common/must.h"

enum {
    ROUND_AT_LEAST = 8, /* answers: one that is slow for its own sake decides nothing */
    SIXTEENTHS = 16,
    SECOND_MS = 1000,
    USUAL_BUCKET = 100,  /* of a server that does not say how large it is: Mattermost's default */
    LONGEST_RESET = 300, /* seconds */
    SLOWEST = 4,         /* times as slow as what flows into the bucket */
};

static void start_round(struct pace *pace)
{
    pace->round = pace->limit > ROUND_AT_LEAST ? pace->limit : ROUND_AT_LEAST;
    pace->answers = 0;
    pace->slow = 0;
    pace->full = false;
}

void pace_open(struct pace *pace, size_t most)
{
    must(most > 0);
    *pace = (struct pace){
        .limit = most < PACE_START ? most : PACE_START, .most = most, .quick = true, .cut_at = -1
    };
    start_round(pace);
}

void pace_restart(struct pace *pace, mono_ms now)
{
    pace->limit = 1;
    pace->quick = true;
    pace->cut_at = now;
    start_round(pace);
}

static void cut(struct pace *pace, mono_ms now)
{
    pace->limit = pace->limit > 1 ? pace->limit / 2 : 1;
    pace->quick = false;
    pace->cut_at = now;
    start_round(pace);
}

static void grow(struct pace *pace)
{
    if (pace->limit < pace->most)
        pace->limit++;
}

static bool is_refusal(const struct answer *answer)
{
    return answer->kind != ANSWER_HTTP || answer->status == 429 ||
           (answer->status >= 502 && answer->status <= 504);
}

static bool takes_long(const struct pace *pace, mono_ms took)
{
    return pace->usual > 0 && (took - PACE_SLACK_MS) * SIXTEENTHS > 2 * pace->usual;
}

/*
 * Down at once and up slowly, for what is longer may be the queue that our own requests make; one
 * at a time make none, so what these take is what is usual by now.
 */
static void learn(struct pace *pace, mono_ms took)
{
    int64_t now = took * SIXTEENTHS + 1;

    if (pace->usual == 0)
        pace->usual = now;
    else if (now < pace->usual)
        pace->usual -= (pace->usual - now + 3) / 4;
    else
        pace->usual += (now - pace->usual) / (pace->limit == 1 ? 8 : 256);
}

static void end_round(struct pace *pace, mono_ms now)
{
    if (pace->slow * 2 > pace->answers) {
        cut(pace, now);
        return;
    }
    if (pace->full && !pace->quick)
        grow(pace);
    start_round(pace);
}

static void count(struct pace *pace, bool is_slow, mono_ms now)
{
    pace->answers++;
    pace->slow += is_slow;
    if (pace->quick && pace->full && !is_slow)
        grow(pace);
    if (pace->answers >= pace->round)
        end_round(pace, now);
}

void pace_hear(struct pace *pace, const struct answer *answer, bool is_measured, mono_ms now)
{
    bool is_slow = is_measured && takes_long(pace, answer->took_ms);

    if (is_measured && answer->kind == ANSWER_HTTP && answer->status < 300)
        learn(pace, answer->took_ms);
    if (now - answer->took_ms <= pace->cut_at)
        return;
    if (is_refusal(answer))
        cut(pace, now);
    else
        count(pace, is_slow, now);
}

static int64_t at_least_one(int64_t value)
{
    return value > 1 ? value : 1;
}

void pace_hear_limits(struct pace *pace, const struct answer *answer, size_t others, mono_ms now)
{
    int64_t left = answer->rate_limit_remaining;
    int64_t reset = answer->rate_limit_reset_s;

    if (left < 0 || reset < 0)
        return;
    int64_t bucket = answer->rate_limit > 0 ? answer->rate_limit : USUAL_BUCKET;
    int64_t kept = at_least_one(bucket / 10);
    int64_t flows_in = at_least_one(bucket - left);
    mono_ms span = (reset < LONGEST_RESET ? reset : LONGEST_RESET) * SECOND_MS;

    pace->gap_end = now + span;
    left -= (int64_t)others; /* that are not counted yet, perhaps */
    pace->gap = 0;
    if (left * 2 > bucket + kept)
        return;
    pace->gap = span / at_least_one(left - kept);
    if (pace->gap > SLOWEST * span / flows_in)
        pace->gap = SLOWEST * span / flows_in;
}
