// The types that Discord and Slack publish, by the names with which tests/fakes/published.py sends something.
import type { Paths, RatelimitedResponse } from "discord-api-spec";
import type * as discord from "discord-api-types/v10";

// As JSON: an enumeration's words as such, several flags at once, and nothing of what is "undefined".
type Flags =
  | discord.ApplicationFlags | discord.AttachmentFlags | discord.ChannelFlags | discord.GuildMemberFlags
  | discord.GuildSystemChannelFlags | discord.MessageFlags | discord.RoleFlags | discord.UserFlags;
type Json<T> = T extends Flags ? number
  : T extends string ? `${T}`
  : T extends readonly unknown[] ? { [K in keyof T]: Json<T[K]> }
  : T extends object ? { [K in keyof T as T[K] extends undefined ? never : K]: K extends "custom_id" | "session_id" ? Json<T[K]>
      : K extends "id" | `${string}_id` ? Now<T[K], "1"> : K extends Instants ? Now<T[K], "2027-01-01T00:00:00Z"> : Json<T[K]> }
  : T;
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
