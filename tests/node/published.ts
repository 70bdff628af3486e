// The types that Discord and Slack publish, by the names with which tests/fakes/published.py sends something.
import type { Paths, RatelimitedResponse, UnfurledMediaResponse } from "discord-api-spec";
import type * as discord from "discord-api-types/v10";
import type {
  BlockAction, ButtonAction, EnvelopedEvent, GlobalShortcut, MessageShortcut, SlashCommand, ViewClosedAction,
  ViewOutput, ViewSubmitAction,
} from "@slack/bolt";
import type { GenericMessageEvent, KnownBlock, SlackEvent } from "@slack/types";
import type * as web from "@slack/web-api";
import type { Errors, Everywhere } from "./slack_errors.ts";

// As JSON: an enumeration's words as such, several flags at once, and nothing of what is "undefined". A medium in a message
// has no id: https://docs.discord.com/developers/components/reference#unfurled-media-item
type Flags =
  | discord.ApplicationFlags | discord.AttachmentFlags | discord.ChannelFlags | discord.GuildMemberFlags
  | discord.GuildSystemChannelFlags | discord.MessageFlags | discord.RoleFlags | discord.UserFlags;
type Json<T> = T extends Flags ? number
  : T extends string ? `${T}`
  : T extends readonly unknown[] ? { [K in keyof T]: Json<T[K]> }
  : T extends UnfurledMediaResponse ? UnfurledMediaResponse extends T ? Fields<Omit<T, "id">> : Fields<T>
  : T extends object ? Fields<T>
  : T;
type Fields<T> = { [K in keyof T as T[K] extends undefined ? never : K]: K extends "custom_id" | "session_id" ? Json<T[K]>
  : K extends "id" | `${string}_id` ? Now<T[K], "1">
  : K extends Instants ? Now<T[K], "2027-01-01T00:00:00Z">
  : Json<T[K]> };
// What these are among the strings. The recorder writes each of them in the same way.
type Instants = `${string}_at` | `${string}timestamp` | `scheduled_${string}_time`;
type Now<T, As> = T extends string ? As : Json<T>;

// The answer of a route to a method, with a status that it documents. Where the documentation knows better than the
// schema: the code within a form's errors is a word, and a limit need not have a code.
// https://docs.discord.com/developers/reference#error-messages
// https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit-rate-limit-response-structure
export type Discord<P extends keyof Paths, M extends keyof Paths[P], S> = Paths[P][M] extends { responses: infer R }
  ? S extends `4${string}` ? DiscordError<S> : S extends keyof R ? Json<R[S]> : never
  : never;
export type DiscordError<S = "404"> = S extends "429"
  ? Omit<RatelimitedResponse, "code"> & { code?: discord.RESTJSONErrorCodes }
  : { message: string; errors?: InForm; code: Refused<S> };
type InForm = { _errors: { code: string; message: string }[] } | { [field: string]: InForm };
// What is unknown is not found: https://docs.discord.com/developers/topics/opcodes-and-status-codes
type Refused<S> = 0 | (S extends "401" ? never : S extends "404" ? Unknown : Exclude<discord.RESTJSONErrorCodes, Unknown>);
type Unknown<C = discord.RESTJSONErrorCodes> = C extends number ? (`${C}` extends `10${string}` ? C : never) : never;

// https://docs.discord.com/developers/topics/rate-limits#header-format
type Limits = {
  "x-ratelimit-limit": "1"; "x-ratelimit-remaining": "1"; "x-ratelimit-reset": `${number}`;
  "x-ratelimit-reset-after": `${number}`; "x-ratelimit-bucket": string;
};
type Limited = { "retry-after": "1"; "x-ratelimit-scope": "user" | "global" | "shared"; "x-ratelimit-global"?: "true" };
export type DiscordHeaders<S> = S extends "204" ? Partial<Limits>
  : { "content-type": "application/json" } & (S extends "429" ? Limited & Partial<Limits> : Partial<Limits>);

// What the gateway sends: an event, or one of the others, which have neither number nor name.
// https://docs.discord.com/developers/events/gateway-events#payload-structure
export type Gateway<T> = T extends "RESUMED" ? { op: 0; t: T; s: number; d: Record<string, never> } : Event<T>;
type Event<T, D = discord.GatewayDispatchPayload> = D extends { t: infer E extends string } ? (`${E}` extends T ? Json<D> : never) : never;
type Others = {
  1: null;
  7: null;
  9: boolean;
  10: discord.GatewayHelloData;
  11: null;
};
export type GatewayOp<N extends keyof Others> = { op: N; d: Others[N]; s: null; t: null };

// Slack. The types of the answers say of no key that it is there: what the documentation's examples have is named here.
// https://docs.slack.dev/reference/methods
type Has<T, K extends keyof T> = T & { [P in K]-?: NonNullable<T[P]> };
type With<T, K extends keyof T, Inner> = Omit<T, K> & { [P in K]: Inner };
type Part<T, K extends keyof T> = NonNullable<T[K]>;
type Each<T, K extends keyof T> = NonNullable<T[K]> extends (infer E)[] ? E : never;
// The types of the answers know blocks from samples; those of Block Kit know them all.
type Said<M> = M extends { type?: unknown; text?: unknown; ts?: unknown; user?: unknown; blocks?: unknown }
  ? Omit<Has<M, "type" | "text" | "ts" | "user">, "blocks" | "subtype"> & { blocks?: KnownBlock[]; subtype?: string } : never;
type Page<T extends { messages?: unknown; has_more?: unknown }> = With<T, "messages", Said<Each<T, "messages">>[]> & { has_more: boolean };
type Person = Has<Part<web.UsersInfoResponse, "user">,
  | "id" | "team_id" | "name" | "deleted" | "color" | "real_name" | "tz" | "tz_label" | "tz_offset" | "profile" | "is_admin" | "is_owner"
  | "is_primary_owner" | "is_restricted" | "is_ultra_restricted" | "is_bot" | "is_app_user" | "updated">;
type Room<T> = T extends { channel?: infer C } ? With<T, "channel", Has<NonNullable<C>, "id" & keyof NonNullable<C>>> : never;
type Shown = With<web.ViewsOpenResponse, "view", View>;
interface Methods {
  "api.test": web.ApiTestResponse;
  "apps.connections.open": Has<web.AppsConnectionsOpenResponse, "url">;
  "auth.test": Has<web.AuthTestResponse, "url" | "team" | "user" | "team_id" | "user_id" | "bot_id">;
  "chat.postMessage": With<Has<web.ChatPostMessageResponse, "channel" | "ts">, "message", Said<Part<web.ChatPostMessageResponse, "message">> & { bot_id: string }>;
  "chat.update": With<Has<web.ChatUpdateResponse, "channel" | "ts" | "text">, "message", With<Has<Part<web.ChatUpdateResponse, "message">, "text" | "user">, "blocks", KnownBlock[]>>;
  "chat.delete": Has<web.ChatDeleteResponse, "channel" | "ts">;
  "chat.postEphemeral": Has<web.ChatPostEphemeralResponse, "message_ts">;
  "chat.getPermalink": Has<web.ChatGetPermalinkResponse, "channel" | "permalink">;
  "conversations.open": Room<web.ConversationsOpenResponse>;
  "conversations.join": Room<web.ConversationsJoinResponse>;
  "conversations.info": Room<web.ConversationsInfoResponse>;
  "conversations.history": Page<web.ConversationsHistoryResponse>;
  "conversations.replies": Page<web.ConversationsRepliesResponse>;
  "files.getUploadURLExternal": Has<web.FilesGetUploadURLExternalResponse, "upload_url" | "file_id">;
  "files.completeUploadExternal": With<web.FilesCompleteUploadExternalResponse, "files", Has<Each<web.FilesCompleteUploadExternalResponse, "files">, "id" | "title">[]>;
  "files.delete": web.FilesDeleteResponse;
  "users.info": With<web.UsersInfoResponse, "user", Person>;
  "views.open": Shown;
  "views.update": Shown;
  "views.publish": Shown;
  // Of an organization the token has no workspace, and the other way round: both are null.
  // https://docs.slack.dev/reference/methods/oauth.v2.access
  "oauth.v2.access": Nullable<Has<web.OauthV2AccessResponse,
    "access_token" | "token_type" | "scope" | "bot_user_id" | "app_id" | "authed_user" | "is_enterprise_install">, "team" | "enterprise">;
}
type Nullable<T, K extends keyof T> = Omit<T, K> & { [P in K]: T[P] | null };
// What the pages leave out: docs/independent-servers.md says why it is believed.
interface Left { "chat.postMessage": "msg_too_long" | "user_not_found" | "user_disabled" | "cannot_dm_bot"; "conversations.open": "cannot_dm_bot" }
type Of<T, M> = M extends keyof T ? T[M] : never;
export type Slack<M> = { ok: true } & Plain<Omit<Of<Methods, M>, "ok">>;
type Why<M> = Everywhere | Of<Errors, M> | Of<Left, M>;
export type SlackRefusal<M> = { ok: false; response_metadata?: { messages: string[] } } & (
  | { error: Exclude<Why<M>, "missing_scope"> } | { error: "missing_scope"; needed: string; provided: string });
// https://docs.slack.dev/apis/web-api and https://docs.slack.dev/apis/web-api/rate-limits: what is refused is no HTTP
// error, but for too many requests.
type AnyError = Everywhere | Errors[keyof Errors] | Left[keyof Left];
export type SlackHttp<S extends "200" | "429"> = { "content-type": "application/json; charset=utf-8" } & (S extends "429"
  ? { "retry-after": "1"; error: "ratelimited" } : { error: Exclude<AnyError, "ratelimited"> | null });
// https://docs.slack.dev/apis/events-api#errors
export type SlackRequest<K> = { "content-type": K extends "events_api" ? "application/json" : "application/x-www-form-urlencoded" }
  & (K extends "events_api" ? { "x-slack-retry-num"?: "1"; "x-slack-retry-reason"?: "http_timeout" } : {});

// As for Discord; the recorder writes each time and each id in the same way, and these are the keys that have them.
type Plain<T> = T extends string ? `${T}`
  : T extends readonly unknown[] ? { [K in keyof T]: Plain<T[K]> }
  : T extends object ? { [K in keyof T as T[K] extends undefined ? never : K]: Ids<K, T[K]> }
  : T;
type Ids<K, T> = T extends string
  ? K extends "ts" | `${string}_ts` | "latest_reply" ? "1.000001"
  : K extends "team_id" ? `T${string}`
  : K extends "user_id" | "bot_user_id" ? `U${string}`
  : K extends "channel_id" ? `${"C" | "D" | "G"}${string}`
  : K extends "app_id" | "api_app_id" ? `A${string}`
  : K extends "bot_id" ? `B${string}`
  : Plain<T>
  : Plain<T>;

// https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/surfaces/app-home: the home has neither title nor
// buttons of its own.
type View = Omit<ViewOutput, "title" | "blocks"> & { title: ViewOutput["title"] | null; blocks: KnownBlock[]; external_id: string };

// What comes of people. Where the documentation's examples know better than the types: what is of no organization has
// null for it, a press in a view has no response_url, and names come in one way or the other.
// https://docs.slack.dev/reference/interaction-payloads
type Base = { enterprise: null; is_enterprise_install: false };
type By = { id: string; username: string; name: string; team_id: string };
type Payload<T> = Omit<T, "enterprise" | "is_enterprise_install"> & Base;
type Message = Said<Part<web.ConversationsHistoryResponse, "messages">[number]>;
type Press = Payload<Omit<BlockAction, "actions" | "container" | "response_url" | "state" | "view" | "message" | "channel" | "user">>
  & { actions: (ButtonAction & { style?: "primary" | "danger" })[]; user: By };
type Pressed = Press & (
  | { container: { type: "message"; message_ts: string; channel_id: string; is_ephemeral: boolean; thread_ts?: string };
      channel: { id: string; name: string }; message: Message; response_url: string; state: { values: Record<string, never> } }
  | { container: { type: "view"; view_id: string }; view: View });
interface Interactions {
  block_actions: Pressed;
  view_submission: Omit<Payload<ViewSubmitAction>, "view" | "user"> & { view: View; user: By };
  view_closed: Omit<Payload<ViewClosedAction>, "view" | "user"> & { view: View; user: By };
  shortcut: Payload<GlobalShortcut>;
  message_action: With<Payload<MessageShortcut>, "message", Message>;
}
export type SlackInteraction<T extends keyof Interactions> = Plain<Interactions[T]>;
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };
export type SlackCommand = Plain<Known<SlashCommand>>;

// https://docs.slack.dev/apis/events-api#callback-field
// The message within one that was changed has no channel and no event of its own:
// https://docs.slack.dev/reference/events/message/message_changed
type Happened<T, E = SlackEvent> = E extends { type: T }
  ? E extends { message: unknown; previous_message: unknown }
    ? Omit<E, "message" | "previous_message"> & { message: Within; previous_message: Within } : E
  : never;
type Within = Omit<GenericMessageEvent, "channel" | "channel_type" | "event_ts">;
export type SlackVerification = { type: "url_verification"; token: string; challenge: string };
export type SlackCallback<T> = Plain<Omit<Known<EnvelopedEvent>, "event"> & { event: Happened<T> & { event_ts: string } }>;

// https://docs.slack.dev/apis/events-api/using-socket-mode
interface Frames {
  hello: { num_connections: number; connection_info: { app_id: string }; debug_info: { host: string; started?: string; build_number: number; approximate_connection_time: number } };
  disconnect: { reason: "warning" | "refresh_requested" | "link_disabled"; debug_info: { host: string } };
  slash_commands: Envelope<true>;
  interactive: Envelope<boolean>;
  events_api: Envelope<false> & { retry_attempt: number; retry_reason: string };
}
// What a command or a form is answered with may come at once; an event is not answered.
type Envelope<Takes> = { envelope_id: string; payload: {}; accepts_response_payload: Takes };
export type SlackFrame<T extends keyof Frames> = { type: T } & Frames[T];
