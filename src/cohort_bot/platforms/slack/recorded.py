"""What of Slack's answers may be written down in a cassette: documented fields, and the words of the service."""

import re
from collections.abc import Mapping
from typing import Any, Final

from cohort_bot.platforms.common.cassette import Vocabulary, fields, listed
from cohort_bot.platforms.slack import failures


def _author(element: Mapping[str, Any]) -> object:
    """Who wrote a message; other elements of lists name nobody, and people are not told of."""
    if "ts" in element:
        return element.get("user") or element.get("bot_id") or ""
    return "" if "profile" in element else None


KNOWN: Final = Vocabulary(
    api=re.compile(r"https?://[^/]+/api/(.*)"),
    path=listed("""
        api.test auth.test apps.connections.open chat.postMessage chat.update chat.delete chat.getPermalink
        conversations.open conversations.join conversations.info conversations.history conversations.replies
        files.getUploadURLExternal files.completeUploadExternal files.delete users.info views.open views.update
        views.publish
    """),
    fields=fields(
        shape="""
            actions authorizations channel_name close command container event event_context response_urls state submit
            values acceptedScopes accessory alt_text args blocks border bot_profile color columns confirm creator
            display_name edited element elements enterprise event_payload fallback fields filename filetype format hint
            icons image_36 image_48 image_72 initial_option label locale mark message messages metadata mimetype
            mode name needed option options permalink permalink_public placeholder pretty_type private_metadata
            profile provided purpose reactions real_name reply_users response_metadata rows scopes team
            team_domain text timestamp title topic tz tz_label user_name username value view warning warnings
        """,
        kept="""
            max_length min_length
            clear_on_close event_time is_ephemeral is_ext_shared_channel notify_on_close
            already_in_channel already_open bold code deleted dispatch_action emoji has_more
            include_all_metadata include_locale inclusive indent is_admin is_app_user is_archived is_bot
            is_channel is_enterprise_install is_ext_shared is_general is_group is_im is_locked is_member is_mpim
            is_org_shared is_owner is_primary_owner is_private is_restricted is_shared is_ultra_restricted
            is_wrapped italic length limit multiline no_op offset ok optional part parts pin_count reply_count
            reply_users_count size strike subscribed tz_offset unfurl_links unfurl_media verbatim
        """,
        word="""
            channel_type
            error event_type style subtype type
        """,
        id="""
            api_app_id event_id previous_view_id
            app_id bot_id bot_user_id channel channel_id client_msg_id context_team_id enterprise_id event_ts
            file file_id id inviter latest_reply message_ts parent_user_id root_view_id team_id thread_ts ts
            user user_id users view_id
        """,
        time="""
            action_ts latest oldest
        """,
        url="""
            response_url
            upload_url url url_private url_private_download
        """,
        key="""
            action_id block_id callback_id cursor external_id hash next_cursor trigger_id
        """,
        json="""
            files
        """,
    ),
    words=frozenset({*failures.REASONS, *failures.UNCERTAIN, *failures.WRONG})
    | listed("""
        message section mrkdwn plain_text actions button header context divider rich_text rich_text_section
        rich_text_list rich_text_quote rich_text_preformatted text link date user channel usergroup broadcast emoji
        table raw_text markdown input image file_share bot_message thread_broadcast bullet primary danger modal home
        cohort_bot_delivery channel_join tombstone command block_actions view_submission event_callback im
        plain_text_input email_text_input url_text_input number_input checkboxes radio_buttons static_select
        multi_static_select datepicker timepicker file_input
        message_not_found thread_not_found cant_update_message cant_delete_message edit_window_closed invalid_blocks
        invalid_arguments msg_too_long no_text file_not_found file_deleted invalid_cursor invalid_ts_latest
        invalid_trigger_id expired_trigger_id exchanged_trigger_id not_found view_not_found unknown_method
    """),
    ids=re.compile(r"[A-Z][A-Z0-9]{1,20}|\d{9,10}\.\d{6}"),
    author=_author,
)
