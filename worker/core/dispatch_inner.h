/*
 * dispatch_inner: what the files of core/dispatch share; nobody else includes it.
 *
 * dispatch.c         partitions and time
 * dispatch_leave.c   partitions that go away
 * dispatch_state.c   what is remembered of them
 * dispatch_settle.c  and of notifications, until it is committed
 * dispatch_start.c   from a record to something to do, and the ends of its life
 * dispatch_age.c     old news
 * dispatch_answer.c  what the answer to a post means now
 * dispatch_poison.c  posts that a server alone fails on
 * dispatch_route.c   channels: their names, and whether they can be posted to
 * dispatch_park.h    records that wait in the state topic: three files more
 * dispatch_room.c    whether it may still be begun
 * dispatch_errand.c  the steps of an event, one after the other
 * dispatch_request.c what is rendered and goes out for each
 * dispatch_step.c    and what its answer means
 * dispatch_look.c    and that of one that reads
 * dispatch_fetch.c   attachments
 * dispatch_server.c  servers: what an answer tells of them
 */
#ifndef WORKER_CORE_DISPATCH_INNER_H
#define WORKER_CORE_DISPATCH_INNER_H

#include "common/heap.h"
#include "common/map.h"
#include "common/random.h"
#include "worker/core/dispatch.h"
#include "worker/core/findings.h"
#include "worker/core/lanes.h"
#include "worker/core/partition.h"
#include "worker/core/past.h"
#include "worker/core/render.h"
#include "worker/core/routes.h"
#include "worker/core/servers.h"

/* Why a partition is refused, and the way out. */
#define TOPIC_MADE_AGAIN                                                                          \
    "the topic was deleted and made again: what is remembered of it is of another log; stop all " \
    "workers, then: ireserve-mattermost topics --forget-state TOPIC"

#define PARKED_UNREADABLE                                                                          \
    "a record that was parked in the state topic cannot be read by this version: a later one has " \
    "parked it"

/* Invariant: a WAITING delivery is in `heads` when it is the first of its lane. */
struct dispatch {
    struct dispatch_options options;
    struct dispatch_port port;
    const struct integrations *integrations;
    struct random random;
    struct heap due; /* struct due: rests of deliveries, tries of routes, gates of servers */
    struct servers servers;
    struct routes routes;
    struct lanes *lanes;
    struct past past;
    struct map bots;             /* id of a licence's bot, once it was asked for */
    struct delivery_queue heads; /* to be started */
    struct partition_queue partitions;
    struct partition_queue dirty;
    int64_t read; /* deliveries so far */
    size_t waiting;
    size_t waiting_bytes;
    size_t parked; /* deliveries that stand in the state topic, or will, … */
    size_t parked_bytes;
    bool said_full; /* and that there is no room for more of them */
    bool is_pressed;
    mono_ms relief_due;
    const struct delivery *at_hand; /* the delivery that is being started, and its event: */
    const struct event *event;
    bool waits_for_room;        /* in this turn; nothing more goes out in it */
    struct rendering rendering; /* scratch */
    struct findings findings;   /* scratch */
};

/* Decodes and routes a delivery that is the first of its lane, and begins with it. */
void dispatch_start(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now);

/*
 * Judges the age of a delivery that was just routed, once: posts that may be there must neither be
 * dropped half-way nor change between attempts.  True: it is too old to be sent.
 */
bool dispatch_is_too_old(struct dispatch *dispatch, struct delivery *delivery,
                         const struct event *event, const struct moment *now);

/* Begins with an event: nothing of it was done by this process. */
void dispatch_begin_errand(struct dispatch *dispatch, struct delivery *delivery,
                           const struct event *event, const struct moment *now);

/*
 * Whether an earlier owner may have begun with a delivery, as far as its place tells.  Of a key
 * that this owner has done a record of nothing later was begun.
 */
bool dispatch_may_be_begun(const struct delivery *delivery);

/* Goes on with the errand's next step, from wherever the last one ended. */
void dispatch_go_on(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now);

/* Renders what the errand's next step sends.  -1: the delivery is buried. */
int dispatch_prepare(struct dispatch *dispatch, struct delivery *delivery);

/* Writes the request of the errand's step into delivery->ask; it is in READY. */
void dispatch_write_step(struct dispatch *dispatch, struct delivery *delivery);

/* Whether the step makes a post. */
bool dispatch_is_post(enum errand_step step);

/* The errand's post was accepted: it goes on. */
void dispatch_step_posted(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now);

/* Whether the errand's post was made is not known: it is looked for before it is made again. */
void dispatch_step_doubted(const struct dispatch *dispatch, struct delivery *delivery,
                           const struct moment *now);
/* Likewise, of whatever step makes the post. */
void dispatch_doubt(struct delivery *delivery, enum errand_step step);

/* Whether a post that was not found may still come: then it rests, to be looked for once more. */
bool dispatch_looks_again(struct dispatch *dispatch, struct delivery *delivery,
                          const struct moment *now);

/* Takes what a step that reads has brought.  False: it is no help now. */
bool dispatch_take_reading(struct dispatch *dispatch, struct delivery *delivery,
                           const struct answer *answer);

/* Counts and tells what a look-up came to. */
void dispatch_report_lookup(struct dispatch *dispatch, const struct delivery *delivery,
                            enum lookup lookup);

/* Says why what was answered is no help. */
void dispatch_say(struct delivery *delivery, const char *words);

/* A step that is no post was answered. */
void dispatch_step_answered(struct dispatch *dispatch, struct delivery *delivery,
                            const struct answer *answer, const struct moment *now);

/* Whether the post is there that could not be changed was answered. */
void dispatch_post_answered(struct dispatch *dispatch, struct delivery *delivery,
                            const struct answer *answer, const struct moment *now);

/* The channel is fine, and yet the errand's step was refused.  False: so the post is at fault. */
bool dispatch_step_refused(struct dispatch *dispatch, struct delivery *delivery,
                           const struct answer *answer, const struct moment *now);

/* Gives the attachment that is next to its carrier; false: it has no address, and is passed. */
bool dispatch_start_fetch(struct dispatch *dispatch, struct delivery *delivery);

/*
 * The channel of the errand's thread is closed.  Whether the settings name another one by now, in
 * which the conversation can go on.
 */
bool dispatch_may_move(struct dispatch *dispatch, const struct delivery *delivery,
                       const struct moment *now);

/* What the errand does next. */
enum errand_step dispatch_next_step(const struct dispatch *dispatch,
                                    const struct delivery *delivery);

/* What the errand needs to know. */
struct errand_facts dispatch_facts(const struct dispatch *dispatch,
                                   const struct delivery *delivery);

/* Under which name the state topic tells of the delivery, whose errand has begun. */
struct thread_name dispatch_name_of(const struct delivery *delivery);

/* The thread as the errand's write says it, and what a late write has told above that. */
struct thread dispatch_thread_of(const struct delivery *delivery);

/*
 * Writes a thread (NULL: that there is none) to the state topic, under the partition's epoch.
 * `delivery` waits for it, if it is not NULL.
 */
void dispatch_write_thread(struct dispatch *dispatch, struct partition *partition,
                           const struct thread_name *name, const struct thread *thread,
                           struct delivery *delivery);

/* Writes that this owner leaves the partition with nothing in doubt. */
void dispatch_write_farewell(struct dispatch *dispatch, struct partition *partition);

/* A notification's record is done, and the state topic says so. */
void dispatch_settle(struct delivery *delivery);

/* Has keys forgotten in time of which others have told: what was restored, what came late. */
void dispatch_settle_restored(struct partition *partition);
void dispatch_settle_merged(struct partition *partition, const struct thread_name *name);

/* Forgets what is committed of that.  Not at once: a busy key has more soon. */
void dispatch_forget_settled(struct dispatch *dispatch, struct partition *partition);

/* The first delivery of a name's key; NULL: there is none. */
struct delivery *dispatch_find_first(struct dispatch *dispatch, const struct partition *partition,
                                     const struct thread_name *name);

/* Forgets the threads that nobody wrote in for long. */
void dispatch_expire(struct dispatch *dispatch, const struct moment *now);

/* Refuses a partition, for good. */
void dispatch_refuse_partition(struct dispatch *dispatch, struct partition *partition,
                               const char *why);

/* A closed or resolved route is open: who waited at it goes on. */
void dispatch_open_route(struct dispatch *dispatch, struct route *route, const struct moment *now);

/* The question for a channel's id was answered. */
void dispatch_channel_answered(struct dispatch *dispatch, struct route *route,
                               const struct answer *answer, const struct moment *now);

/*
 * Whether the delivery's request, which is written, may be made now; its time is cut to what is
 * left.  False: it waits in front of its server again.
 */
bool dispatch_has_room(struct dispatch *dispatch, struct delivery *delivery);

/* When dispatch_tick() is to be called again. */
mono_ms dispatch_next_look(const struct dispatch *dispatch, const struct moment *now);

/* A report of the attempt that was answered. */
struct report dispatch_report_attempt(enum report_kind kind, const struct delivery *delivery,
                                      const struct answer *answer);

/* Has a delivery whose partition leaves end here, not done; true when it did. */
bool dispatch_end_here(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now);

/* Has the server learn from an answer, before anything else is made of it. */
void dispatch_hear(struct dispatch *dispatch, const struct ask *ask, const struct answer *answer,
                   const struct moment *now);

/*
 * Whether nothing is carried to a server, because it is away and a probe is to tell that it is
 * back. Where none can go out, because nothing is ready, what is carried goes first.
 */
bool dispatch_is_kept_back(const struct server *server, const struct moment *now);

/* When it is worth asking again whether it is. */
mono_ms dispatch_next_try(const struct server *server, const struct moment *now);

/* How long a delivery rests that has failed: not at all while its server is away. */
mono_ms dispatch_choose_rest(struct dispatch *dispatch, struct delivery *delivery,
                             const struct moment *now);

/* These are dispatch_answer.c's: what happens to a delivery whose request was not granted. */
void dispatch_retry(struct dispatch *dispatch, struct delivery *delivery,
                    const struct answer *answer, const struct moment *now);
/* The server wants a pause, for everybody who sends to it; the delivery waits for its turn. */
void dispatch_pause_server(struct dispatch *dispatch, struct delivery *delivery,
                           const struct answer *answer, const struct moment *now);
/* The pause alone. */
void dispatch_shut_server(struct dispatch *dispatch, const struct delivery *delivery,
                          const struct answer *answer, const struct moment *now);
void dispatch_close_route(struct dispatch *dispatch, struct delivery *delivery,
                          const struct answer *answer, const struct moment *now);
/* Asks whether the channel, which a refusal may mean, agrees. */
void dispatch_check(struct dispatch *dispatch, struct delivery *delivery);

/* Has the record buried that the server refused, or that it alone fails on. */
void dispatch_refuse(struct dispatch *dispatch, struct delivery *delivery);

/* A post that was neither accepted nor refused is tried again, but for poison. */
void dispatch_retry_post(struct dispatch *dispatch, struct delivery *delivery,
                         const struct answer *answer, const struct moment *now);

/* What that is judged by: a post was accepted; a request failed. */
void dispatch_count_accepted(struct delivery *delivery);
void dispatch_count_failure(struct delivery *delivery, const struct answer *answer,
                            const struct moment *now);

/* Takes what was rendered into dispatch->rendering as the delivery's parts. */
void dispatch_take_parts(struct dispatch *dispatch, struct delivery *delivery);

/* Lets another delivery try the closed route that this one was trying, if it was. */
void dispatch_stop_probing(struct dispatch *dispatch, struct delivery *delivery,
                           const struct moment *now);

/* Holds a delivery at its closed or unresolved route; at one that is closed it is parked. */
void dispatch_hold(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now);

/* Has the record buried as a dead letter. */
void dispatch_bury(struct dispatch *dispatch, struct delivery *delivery,
                   const struct letter *letter);

/* The partition's commit point may have moved: it is looked at at the end of the turn. */
void dispatch_mark_dirty(struct dispatch *dispatch, struct partition *partition);

/* The record is done: its offset may pass, the next of its key may start. */
void dispatch_finish(struct dispatch *dispatch, struct delivery *delivery,
                     const struct moment *now);

/* Takes a delivery out that stands nowhere (no queue, wire, heap or route), not done; frees it. */
void dispatch_drop(struct dispatch *dispatch, struct delivery *delivery);

/* Takes a delivery out of where its state says that it stands, not done, and frees it. */
void dispatch_withdraw(struct dispatch *dispatch, struct delivery *delivery,
                       const struct moment *now);

/* Sends, or holds, a delivery that may go on the wire and has a place there. */
void dispatch_send(struct dispatch *dispatch, struct delivery *delivery, const struct moment *now);

/* Makes a delivery READY and has it wait at its server. */
void dispatch_enqueue(struct dispatch *dispatch, struct delivery *delivery);

/* Lets a route be tried again at `at`. */
void dispatch_try_route(struct dispatch *dispatch, struct route *route, mono_ms at);

/* A route's moment has come: resolves it, or sends one delivery to try it. */
void dispatch_route_due(struct dispatch *dispatch, struct route *route, const struct moment *now);

/* Has a delivery rest until `at`. */
void dispatch_rest(struct dispatch *dispatch, struct delivery *delivery, mono_ms at);

/* A report about a delivery, with what is known of it. */
struct report dispatch_report_of(enum report_kind kind, const struct delivery *delivery);

#endif
