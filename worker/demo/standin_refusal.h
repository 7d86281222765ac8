/*
 * standin_refusal: the errors of the recorded servers, one table.
 */
#ifndef WORKER_DEMO_STANDIN_REFUSAL_H
#define WORKER_DEMO_STANDIN_REFUSAL_H

#include "worker/demo/standin_exchange.h"

/* Name, status, id, message; %s in a message is the `detail` of refuse(). */
#define REFUSALS(X)                                                                                \
    X(NO_SESSION, 401, "api.context.session_expired.app_error",                                    \
      "Invalid or expired session, please login again.")                                           \
    X(TOKEN_IN_QUERY, 401, "api.context.token_provided.app_error",                                 \
      "Session is not OAuth but token was provided in the query string.")                          \
    X(NO_PERMISSION, 403, "api.context.permissions.app_error",                                     \
      "You do not have the appropriate permissions.")                                              \
    X(BAD_BODY, 400, "api.context.invalid_body_param.app_error",                                   \
      "Invalid or missing %s in request body.")                                                    \
    X(BAD_PARAM, 400, "api.context.invalid_param.app_error", "Invalid %s parameter.")              \
    X(BAD_URL_PARAM, 400, "api.context.invalid_url_param.app_error",                               \
      "Invalid or missing %s parameter in request URL.")                                           \
    X(BODY_TOO_LARGE, 413, "api.context.request_body_too_large.app_error",                         \
      "Unable to process request. Request body too large.")                                        \
    X(URL_TOO_LONG, 414, "basic_security_check.url.too_long_error", "URL is too long")             \
    X(PRIORITY_ON_REPLY, 400,                                                                      \
      "api.post.post_priority.priority_post_only_allowed_for_root_post.request_error",             \
      "Only root posts are allowed to have priority.")                                             \
    X(PRIORITY_OFF, 403,                                                                           \
      "api.post.post_priority.priority_post_not_allowed_for_user.request_error",                   \
      "User is not allowed to create priority post or persistent notification.")                   \
    X(NO_LICENCE, 501, "license_error.feature_unavailable",                                        \
      "Feature is not available for the current license")                                          \
    X(CHANNEL_ARCHIVED, 400, "api.post.create_post.can_not_post_to_deleted.error",                 \
      "Can not post to deleted channel.")                                                          \
    X(PATCH_ARCHIVED, 400, "api.post.patch_post.can_not_update_post_in_deleted.error",             \
      "Can not update a post in a deleted channel.")                                               \
    X(DELETE_ARCHIVED, 400, "api.post.delete_post.can_not_delete_post_in_deleted.error",           \
      "Can not delete a post in a deleted channel.")                                               \
    X(PENDING, 500, "api.post.deduplicate_create_post.pending",                                    \
      "Rejected post since another client is making the same request.")                            \
    X(FIRST_GONE, 500, "api.post.deduplicate_create_post.failed_to_get",                           \
      "Failed to fetch original post after deduplicating a client repeating the same request.")    \
    X(ROOT_ID, 400, "api.post.create_post.root_id.app_error", "Invalid RootId parameter.")         \
    X(ROOT_CHANNEL, 400, "api.post.create_post.channel_root_id.app_error",                         \
      "Invalid ChannelId for RootId parameter.")                                                   \
    X(ROOT_PARENT, 400, "model.post.is_valid.root_parent.app_error",                               \
      "Invalid root ID must be set if parent ID set.")                                             \
    X(EXISTING, 400, "app.post.save.existing.app_error", "You cannot update an existing Post.")    \
    X(MESSAGE_LENGTH, 400, "model.post.is_valid.message_length.app_error",                         \
      "Post Message property is longer than the maximum permitted length.")                        \
    X(MESSAGE_LENGTH_OLD, 400, "model.post.is_valid.msg.app_error", "Invalid message.")            \
    X(POST_TYPE, 400, "model.post.is_valid.type.app_error", "Invalid type.")                       \
    X(FILE_IDS, 400, "model.post.is_valid.file_ids.app_error",                                     \
      "Invalid file ids. Note that uploads are limited to 10 files maximum. "                      \
      "Please use additional posts for more files.")                                               \
    X(FILE_IDS_OLD, 400, "model.post.is_valid.file_ids.app_error",                                 \
      "Invalid file ids. Note that uploads are limited to 5 files maximum. "                       \
      "Please use additional posts for more files.")                                               \
    X(PROPS, 400, "model.post.is_valid.props.app_error", "Invalid props.")                         \
    X(SAVE, 500, "app.post.save.app_error", "Unable to save the Post.")                            \
    X(UPDATE, 500, "app.post.update.app_error", "Unable to update the Post.")                      \
    X(NO_POST, 404, "app.post.get.app_error", "Unable to get the post.")                           \
    X(POST_UNREADABLE, 500, "app.post.get.app_error", "Unable to get the post.")                   \
    X(LISTING_UNREADABLE, 500, "app.post.get_root_posts.app_error",                                \
      "Unable to get the posts for the channel.")                                                  \
    X(NO_CHANNEL, 404, "app.channel.get.existing.app_error",                                       \
      "Unable to find the existing channel %s.")                                                   \
    X(NO_CHANNEL_OLD, 404, "app.channel.get.existing.app_error",                                   \
      "Unable to find the existing channel.")                                                      \
    X(CHANNEL_UNREADABLE, 500, "app.channel.get.find.app_error",                                   \
      "We encountered an error finding the channel %s.")                                           \
    X(CHANNEL_UNREADABLE_OLD, 500, "app.channel.get.find.app_error",                               \
      "We encountered an error finding the channel.")                                              \
    X(CHANNELS_UNREADABLE, 500, "app.channel.get_channels.get.app_error",                          \
      "Unable to get the channels.")                                                               \
    X(NO_CHANNEL_NAME, 404, "app.channel.get_by_name.missing.app_error",                           \
      "Channel does not exist.")                                                                   \
    X(NO_TEAM_NAME, 404, "app.team.get_by_name.missing.app_error",                                 \
      "Unable to find the existing team.")                                                         \
    X(USER_UNREADABLE, 500, "app.user_terms_of_service.get_by_user.app_error",                     \
      "Unable to fetch terms of service.")                                                         \
    X(ACCOUNT_UNREADABLE, 500, "app.user.get_by_username.app_error",                               \
      "Unable to find an existing account matching your username for this team. "                  \
      "This team may require an invite from the team owner to join.")                              \
    X(TOKEN_UNREADABLE, 500, "api.context.invalid_token.error",                                    \
      "Invalid session token=%s, err=<no value>")                                                  \
    X(NO_FILES, 403, "api.file.attachments.disabled.app_error",                                    \
      "File attachments have been disabled on this server.")                                       \
    X(NO_FILES_OLD, 501, "api.file.attachments.disabled.app_error",                                \
      "File attachments have been disabled on this server.")                                       \
    X(READ_UPLOAD, 400, "api.file.upload_file.read_request.app_error",                             \
      "Unable to upload file(s). Error reading or parsing request data.")                          \
    X(WRITE_FILE, 500, "api.file.write_file.app_error", "Unable to write the file.")               \
    X(NO_FILE, 404, "app.file_info.get.app_error", "Unable to get the file info.")                 \
    X(NO_INFO, 404, "api.file.get_file_info.app_error", "Failed to get file info.")                \
    X(BAD_PAYLOAD, 400, "api.payload.parse.error", "An error occurred while parsing the payload.") \
    X(TOO_MANY_IDS, 400, "api.post.posts_by_ids.invalid_body.request_error",                       \
      "The number of Post IDs received has exceeded the maximum size of 1000")                     \
    X(REACTION, 400, "api.reaction.save_reaction.invalid.app_error", "Reaction is not valid.")     \
    X(REACTION_USER, 403, "api.reaction.save_reaction.user_id.app_error",                          \
      "You cannot save reaction for the other user.")                                              \
    X(REACTION_ARCHIVED, 403, "api.reaction.save.archived_channel.app_error",                      \
      "You cannot react in an archived channel.")                                                  \
    X(REACTION_LIMIT, 400, "app.reaction.save.save.too_many_reactions",                            \
      "Reaction limit has been reached for this post.")                                            \
    X(NO_EMOJI, 404, "app.emoji.get_by_name.no_result", "We couldn\xe2\x80\x99t find the emoji.")  \
    X(EMOJI_NAME, 400, "model.reaction.is_valid.emoji_name.app_error", "Invalid emoji name.")      \
    X(CONFIG_FORMAT, 501, "api.config.client.old_format.app_error",                                \
      "New format for the client configuration is not supported yet. "                             \
      "Please specify format=old in the query string.")

enum refusal {
#define REFUSAL_NAME(name, status, id, message) REFUSED_##name,
    REFUSALS(REFUSAL_NAME)
#undef REFUSAL_NAME
};

/* Answers with that error; `detail` goes into its message, NULL when it has no place for one. */
void refuse(struct exchange *exchange, enum refusal refusal, const char *detail);

/* Answers with any error, as Mattermost does. */
void refuse_as(struct exchange *exchange, int status, const char *id, const char *message);

/* Adds the JSON of an error. */
void refusal_write(struct text *text, enum refusal refusal, const char *request_id);

#endif
