// A bot on discord.js, which shares no code with the client of the real bot. The arguments are the API's address, a token
// and the names of further intents. What came of each step is a line of JSON; a step that failed says why.
import {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, LabelBuilder, MessageFlags,
  ModalBuilder, TextDisplayBuilder, TextInputBuilder, TextInputStyle,
} from "discord.js";

const [api, token, ...more] = process.argv.slice(2);
const intents = [GatewayIntentBits.Guilds, ...more.map((name) => GatewayIntentBits[name])];
const client = new Client({ intents, rest: { api, version: "10" } });
// What is no plain value counts as done.
const step = async (name, work) => {
  try {
    const result = await work();
    console.log(JSON.stringify([name, typeof result === "object" || result === undefined ? "done" : result]));
  } catch (error) {
    console.log(JSON.stringify([name, `${error.name}: ${error.message}`]));
  }
};
const saying = (words, flags = 0, ...more) => ({
  flags: MessageFlags.IsComponentsV2 | flags,
  components: [new TextDisplayBuilder().setContent(words), ...more],
});
const privately = (words, ...more) => saying(words, MessageFlags.Ephemeral, ...more);

const steps = {
  async answer(interaction) {
    const button = new ButtonBuilder().setCustomId("go").setLabel("Go").setStyle(ButtonStyle.Primary);
    const row = new ActionRowBuilder().addComponents(button);
    await step("answer", () => interaction.reply(privately("an answer", row)));
    await step("read it", async () => (await interaction.fetchReply()).components.length);
    await step("where, and a number", () => `${interaction.context} ${interaction.inGuild()} ${typeof interaction.options.getInteger("n")}`);
  },
  async late(interaction) {
    await step("defer", () => interaction.deferReply({ flags: MessageFlags.Ephemeral }));
    await step("edit the answer", () => interaction.editReply(saying("late")));
    let more;
    await step("follow up", async () => void (more = await interaction.followUp(privately("more"))));
    await step("edit what followed", async () => (await interaction.editReply({ message: more, ...saying("changed") })).id === more.id);
    await step("delete what followed", () => interaction.deleteReply(more));
    await step("delete the answer", () => interaction.deleteReply());
    await step("delete it again", () => interaction.deleteReply());
  },
  async form(interaction) {
    const input = new TextInputBuilder().setCustomId("done").setStyle(TextInputStyle.Short);
    const label = new LabelBuilder().setLabel("What did you do?").setTextInputComponent(input);
    await step("form", () => interaction.showModal(new ModalBuilder().setCustomId("form").setTitle("A form").addLabelComponents(label)));
  },
  async post(interaction) {
    await step("answer", () => interaction.reply(privately("look")));
    const channel = client.channels.cache.get(interaction.channelId);
    let message, thread;
    await step("post", async () => void (message = await channel.send(saying("first"))));
    await step("the same nonce twice", async () => {
      const twice = { ...saying("once"), nonce: "abc", enforceNonce: true };
      return (await channel.send(twice)).id === (await channel.send(twice)).id;
    });
    await step("the same nonce, not enforced", async () => {
      const twice = { ...saying("free"), nonce: "abc" };
      const [one, other] = [await channel.send(twice), await channel.send(twice)];
      for (const each of [one, other]) await each.delete();
      return one.id !== other.id;
    });
    await step("reply", async () => (await message.reply(saying("reply"))).reference.messageId === message.id);
    await step("edit", async () => (await message.edit(saying("edited"))).editedTimestamp > 0);
    await step("history", async () => {
      const ids = [...(await channel.messages.fetch({ limit: 10 })).keys()];
      const before = [...(await channel.messages.fetch({ before: ids[0] })).keys()];
      const newestFirst = String(ids) === String(ids.toSorted((one, other) => Number(BigInt(other) - BigInt(one))));
      return [ids.length, newestFirst, String(before) === String(ids.slice(1))].join();
    });
    await step("thread", async () => (thread = await message.startThread({ name: "a thread" })).id === message.id);
    await step("post in the thread", () => thread.send(saying("inside")));
    await step("direct message", () => interaction.user.send(saying("psst")));
    await step("delete", () => message.delete());
    await step("delete again", () => message.delete());
  },
};

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isAutocomplete()) await step("suggest", () => interaction.respond([{ name: "One", value: `${interaction.options.getFocused()}1` }]));
  else if (interaction.isChatInputCommand()) await steps[interaction.commandName](interaction);
  else if (interaction.isModalSubmit()) await step("submitted", () => interaction.reply(privately(interaction.fields.getTextInputValue("done"))));
  else if (interaction.customId === "go") {
    await step("change in place", () => interaction.update(saying("pressed")));
    await step("follow a press", () => interaction.followUp(privately("and more")));
  }
});
client.once(Events.ClientReady, async () => {
  const q = { type: 3, name: "q", description: "a word", autocomplete: true };
  const n = { type: 4, name: "n", description: "a number", min_value: 1, max_value: 9 };
  const commands = Object.keys(steps).map((name) => ({ name, description: name, options: name === "answer" ? [q, n] : [] }));
  await step("register", async () => (await client.application.commands.set(commands)).size);
  await step("register one", async () => (await client.application.commands.create(commands[0])).name);
  await step("registered", async () => (await client.application.commands.fetch()).size);
});
process.stdin.on("end", () => process.exit()).resume();
await step("log in", async () => void (await client.login(token)));
client.on(Events.MessageCreate, (message) => step("heard", () => message.content));
