/*
 * world_inner: what the files of the world have of each other; nobody else includes it.
 */
#ifndef TESTS_SIM_WORLD_INNER_H
#define TESTS_SIM_WORLD_INNER_H

#include "common/attrs.h"
#include "tests/sim/world.h"

/* Whether something that happens so often happens now. */
bool world_chance(struct world *world, int percent);

/* Likewise, of a fault that the plan has; never once all is healed. */
bool world_fails(struct world *world, enum fault fault, int percent);

/* A moment from now on. */
mono_ms world_soon(struct world *world, mono_ms most);

/* ---- world_story.c: what happens, for who asked for it ---- */

void world_say_that(const struct world *world, const char *format, ...) ATTR_PRINTF(2, 3);
void world_say_log(const struct world *world);
void world_say_asked(const struct world_call *call);
void world_say_answered(const struct world_call *call);
void world_say_write(const struct world_write *write, const char *what);

/* ---- world_log.c, world_record.c ---- */

extern const struct integrations world_integrations;

void world_make_log(struct world *world);
void world_free_log(struct world *world);
char *world_value(struct world *world, const struct world_record *record) ATTR_MUST_USE;
struct world_record *world_find_record(struct world *world, int partition, int64_t offset);
struct world_record *world_record_of(struct world *world, const struct record *record);
struct record *world_copy_record(const struct world *world, const struct world_record *record);

/* The number behind a prefix; claims that it is all that stands there. */
int64_t world_number_behind(const char *text, const char *prefix);

int world_server_of(int licence);
int world_channel_of(const char *id);
void world_name_channel(int channel, char ret[static 27]);
void world_name_bot(int licence, char ret[static 27]);

/* ---- world_group.c ---- */

void world_assign(struct world *world, struct world_partition *place);
/* Has an assignment leave, as its worker is told now. */
void world_leave(struct world *world, struct world_assignment *assignment);
/* The partition is another's from now on; the worker learns that later. */
void world_lose(struct world *world, struct world_assignment *assignment);
/* Forgets an assignment whose worker has done so, or is dead. */
void world_drop_assignment(struct world *world, struct world_assignment *assignment);
/* Nobody is given a partition for a while: what was just done shows on replicas only then. */
void world_settle(struct world *world, struct world_partition *place);
/* Lets an assignment go on. */
void world_serve(struct world *world, struct world_assignment *assignment);
/* Ends leases that are over. */
void world_review_leases(struct world *world);
/* Whether a worker can do anything, and whether Kafka hears of it. */
bool world_is_awake(const struct world *world, const struct world_worker *worker);
bool world_is_connected(const struct world *world, const struct world_worker *worker);

/* ---- world_trouble.c ---- */

void world_start_worker(struct world *world, struct world_worker *worker);
void world_make_trouble(struct world *world);

/* ---- world_state.c ---- */

/* Writes to the state topic, behind all that the worker has written before. */
void world_add_write(const struct world_write *write);
void world_write_marker(struct world_assignment *assignment);
/* Nobody waits for a delivery's write any more. */
void world_forget_write(struct world *world, const struct delivery *delivery, bool parks);
/* What a worker that is gone had not written yet is written in part, or not. */
void world_drop_writes(struct world_worker *worker);
/* What a worker has not written yet waits until then. */
void world_delay_writes(struct world_worker *worker, mono_ms until);
/* Appends and acknowledges what is due. */
void world_pump(struct world *world);
/* Tells an assignment more of the log; all of it, when there is no more trouble. */
void world_tell(struct world *world, struct world_assignment *assignment);
void world_free_state(struct world *world);

/* ---- world_port.c, world_call.c ---- */

struct dispatch_port world_port(struct world_worker *worker);
/* The server's part of a request. */
void world_carry_out(struct world *world, struct world_call *call);
/* Ends what is due. */
void world_end_calls(struct world *world);
/* Whether something of an assignment is on the wire that changes something. */
bool world_is_sending(const struct world *world, const struct world_assignment *assignment);
/* Takes a call out; gives it. */
struct world_call *world_take_call(struct world *world, struct world_call *call);
void world_free_calls(struct world *world);

/* ---- world_server.c, world_show.c ---- */

struct world_wish world_read_wish(struct world *world, const struct ask *ask);
struct world_said world_post_it(struct world *world, const struct world_wish *wish,
                                enum world_interest interest);
struct world_said world_serve_request(struct world *world, const struct ask *ask);
struct world_said world_show(struct world *world, const struct ask *ask, int licence);
struct world_said world_refuse(int status, const char *error_id);
struct world_said world_say(int status, char *body);
/* A person deletes something, or forges a root. */
void world_meddle(struct world *world);
int world_find_post(const struct world *world, const char *id);
char *world_show_post(const struct world *world, int number) ATTR_MUST_USE;
bool world_is_without_database(const struct world *world, int server);
bool world_is_closed(const struct world *world, int channel);

/* ---- world_claims.c, world_end.c, world_breakers.c ---- */

/* A request goes out: it is alone of its key, and over before the partition may be another's. */
void world_claim_alone(const struct world_worker *worker, const struct delivery *delivery);
void world_claim_room(struct world_worker *worker, const struct ask *ask);
/* Only what is done may be stored. */
void world_claim_stored(const struct world_assignment *assignment, int64_t offset);
/* Of a post that is asked for: its pending id is the same each time. */
void world_claim_pending(const struct world *world, const struct world_wish *wish);
/* Of what a server has made. */
void world_claim_post(struct world *world, const struct world_post *post,
                      enum world_interest interest);
/* Of what a dispatcher holds. */
void world_claim_bounds(const struct world_worker *worker);

void world_note_sent(struct world_worker *worker, const struct ask *ask);
void world_note_cancelled(struct world_worker *worker, const struct ask *ask);
void world_note_report(struct world_worker *worker, const struct report *report);
/* A request ends so: before the dispatcher is told, and after. */
void world_note_end(struct world_worker *worker, const struct ask *ask,
                    const struct world_said *said);
void world_claim_open(struct world_worker *worker, const char *url);

#endif
