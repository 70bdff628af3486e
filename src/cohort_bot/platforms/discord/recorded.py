"""What of Discord's answers may be written down in a cassette: documented fields, and the words of the service."""

import re
from collections.abc import Mapping
from typing import Any, Final

from cohort_bot.platforms.common.cassette import Vocabulary, fields, listed


def _author(element: Mapping[str, Any]) -> object:
    """Who made a message, a thread or an event; other elements of lists name nobody."""
    if isinstance(element.get("author"), Mapping):
        return element["author"].get("id", "")
    for name in ("owner_id", "creator_id"):
        if element.get(name):
            return element[name]
    return "" if "joined_at" in element or "join_timestamp" in element else None


KNOWN: Final = Vocabulary(
    api=re.compile(r"https?://[^/]+/api/v\d+/(.*)"),
    path=listed("""
        users @me channels messages threads guilds members applications commands oauth2 gateway bot active
        scheduled-events thread-members interactions callback webhooks @original
    """),
    fields=fields(
        shape="""
            authorizing_integration_owners data entitlements guild guild_locale values
            accent_color activity allowed_mentions app_permissions application applied_tags
            approximate_guild_count approximate_user_authorization_count approximate_user_install_count
            attachments author available_tags avatar avatar_decoration_data banner call channel choices clan
            collectibles color colors component components content content_type contexts cover_image creator
            custom_install_url de default_member_permissions default_reaction_emoji description
            description_localizations description_localized discriminator email embeds emoji entity_metadata
            errors es-419 es-ES event_webhooks_types event_webhooks_url features file global_name
            guild_scheduled_event_exceptions icon image install_params integration_types
            integration_types_config interaction interaction_metadata interactions_endpoint_url label locale
            location media member members mention_channels mention_roles mentions message message_reference
            message_snapshots name name_localizations name_localized nick options owner permission_overwrites
            permissions placeholder poll premium_since primary_color primary_guild privacy_policy_url proxy_url
            raw reactions recipients recurrence_rule redirect_uris referenced_message reset_after resolved
            resource retry_after role_connections_verification_url roles rpc_origins rtc_region secondary_color
            session_start_limit size slug sticker_items stickers summary tags team terms_of_service_url
            tertiary_color thread thread_metadata threads title topic user user_count user_rsvp username users
            value verify_key
        """,
        kept="""
            attachment_size_limit component_type context
            allow archived auto_archive_duration autocomplete bitrate bot bot_public bot_require_code_grant code
            creator_monetization_state deaf default_auto_archive_duration default_forum_layout
            default_sort_order default_thread_rate_limit_per_user deny disabled discoverability_state
            discovery_eligibility_flags divider dm_permission enforce_nonce entity_type ephemeral
            event_webhooks_status explicit_content_filter flags global handler height hook integration_public
            integration_require_code_grant invitable is_discoverable is_monetized is_verified limit locked
            max_concurrency max_length max_value member_count mention_everyone message_count mfa_enabled
            min_length min_value monetization_eligibility_flags monetization_state mute newly_created nsfw
            pending pinned position premium_type privacy_level public_flags rate_limit_per_user remaining
            required rpc_application_state shards spacing spoiler status store_application_state
            storefront_available style system total total_message_sent tts type user_limit verification_state
            verified video_quality_mode width with_counts with_localizations with_response with_user_count
        """,
        id="""
            after application_id around before channel_id creator_id entity_id guild_id guild_scheduled_event_id
            id last_message_id message_id owner_id parent_id primary_sku_id recipient_id response_message_id
            target_id user_id version webhook_id
        """,
        time="""
            archive_timestamp communication_disabled_until create_timestamp edited_timestamp join_timestamp
            joined_at last_pin_timestamp scheduled_end_time scheduled_start_time timestamp
        """,
        word="""
            filename parse
        """,
        url="""
            url
        """,
        key="""
            custom_id nonce token
        """,
    ),
    words=listed(
        "INTERACTION_CREATE users roles everyone cohort-bot-live-check.txt attachment://cohort-bot-live-check.txt"
    ),
    ids=re.compile(r"\d{1,20}"),
    author=_author,
)
