// An app on Bolt for JavaScript, which shares no code with the client of the real bot. The arguments are the API's address,
// the bot's token and the app's. What came of each step is a line of JSON; a step that failed says why.
import { createInterface } from "node:readline";
import bolt from "@slack/bolt";

const [slackApiUrl, token, appToken] = process.argv.slice(2);
const retryConfig = { retries: 2, minTimeout: 50 };
const app = new bolt.App({ token, appToken, socketMode: true, logLevel: "error", clientOptions: { slackApiUrl, retryConfig } });
// What is no plain value counts as done.
const step = async (name, work) => {
  try {
    const result = await work();
    console.log(JSON.stringify([name, typeof result === "object" || result === undefined ? "done" : result]));
  } catch (error) {
    console.log(JSON.stringify([name, `${error.code ?? error.name}: ${error.message}`]));
  }
};
const plain = (text) => ({ type: "plain_text", text });
const section = (text) => ({ type: "section", text: { type: "mrkdwn", text } });
const button = { type: "actions", elements: [{ type: "button", action_id: "go", text: plain("Go"), value: "v" }] };
const input = { type: "input", block_id: "done", label: plain("Done"), element: { type: "plain_text_input", action_id: "a" } };
const form = { type: "modal", callback_id: "form", title: plain("A form"), submit: plain("Send"), blocks: [input] };

app.command("/answer", async ({ ack, respond }) => {
  await step("acknowledge", () => ack());
  await step("answer", () => respond({ text: "an answer", blocks: [section("an answer"), button] }));
});
app.command("/plain", async ({ ack }) => step("answer at once", () => ack("at once")));
app.command("/form", async ({ ack, client, body }) => {
  await ack();
  await step("form", () => client.views.open({ trigger_id: body.trigger_id, view: form }));
  await step("the trigger again", () => client.views.open({ trigger_id: body.trigger_id, view: form }));
});
app.action("go", async ({ ack, respond }) => {
  await ack();
  await step("pressed", () => respond({ text: "pressed", replace_original: false }));
});
app.view("form", async ({ ack, view }) => {
  const { value } = view.state.values.done.a;
  if (value === "wrong") return step("to be mended", () => ack({ response_action: "errors", errors: { done: "mend it" } }));
  const { submit, ...rest } = form;
  return step("change the form", () => ack({ response_action: "update", view: { ...rest, blocks: [section(value)] } }));
});
app.event("app_home_opened", async ({ event, client }) => {
  await step("home", () => client.views.publish({ user_id: event.user, view: { type: "home", blocks: [section("home")] } }));
});

const calls = async () => {
  const { auth, chat, conversations, users } = app.client;
  const channel = "C1";
  await step("who am I", async () => (await auth.test()).team_id);
  let ts;
  const metadata = { event_type: "e", event_payload: { mark: "m" } };
  await step("post", async () => void ({ ts } = await chat.postMessage({ channel, text: "hi", blocks: [section("hi")], metadata })));
  await step("post words alone", () => chat.postMessage({ channel, text: "words alone" }));
  await step("post in the thread", async () => (await chat.postMessage({ channel, text: "inside", thread_ts: ts })).message.thread_ts === ts);
  await step("thread", async () => (await conversations.replies({ channel, ts })).messages.length);
  await step("history", async () => {
    const { messages } = await conversations.history({ channel, include_all_metadata: true });
    const root = messages.find((each) => each.ts === ts);
    return [root.reply_count, root.metadata.event_payload.mark, messages.length].join(" ");
  });
  await step("a part of the history", async () => {
    const read = async (more) => (await conversations.history({ channel, ...more })).messages;
    const words = async (more) => (await read(more)).map((each) => each.text).join("+");
    const [newest] = await read({ limit: 1 });
    const page = await conversations.history({ channel, limit: 1 });
    return [
      await words({}),
      await words({ oldest: ts }),
      await words({ oldest: ts, inclusive: true }),
      await words({ latest: newest.ts }),
      await words({ latest: ts, inclusive: true, limit: 1 }),
      await words({ limit: 1, cursor: page.response_metadata.next_cursor }),
      (await read({})).some((each) => each.metadata),
    ].join(" ");
  });
  await step("a link", async () => (await chat.getPermalink({ channel, message_ts: ts })).permalink.endsWith(ts.replace(".", "")));
  await step("edit", () => chat.update({ channel, ts, text: "edited", blocks: [section("edited")] }));
  await step("privately", () => chat.postEphemeral({ channel, user: "U2", text: "for you" }));
  await step("zone", async () => (await users.info({ user: "U2" })).user.tz);
  const direct = (await conversations.open({ users: "U2" })).channel.id;
  await step("direct message", () => chat.postMessage({ channel: direct, text: "psst" }));
  await step("upload", async () => (await app.client.filesUploadV2({ channel_id: direct, filename: "a.csv", content: "a,b\n1,ü" })).ok);
  await step("too often", () => chat.postMessage({ channel, text: "after a while" }));
  await step("delete", () => chat.delete({ channel, ts }));
  await step("no link", () => chat.getPermalink({ channel, message_ts: ts }));
  await step("delete again", () => chat.delete({ channel, ts }));
};

app.receiver.client.once("slash_commands", (envelope) => step("an answer at once", () => envelope.accepts_response_payload));
await step("connect", () => app.start());
const lines = createInterface({ input: process.stdin });
lines.on("line", calls);
lines.on("close", () => process.exit());
