// Reads recorded requests, one JSON object a line ({method, path, body}), and prints what Discord's schema refuses.
import { readFileSync } from "node:fs";
import * as spec from "discord-api-spec/zod";
import * as z from "zod/mini";

const callbacks = {
  4: spec.CreateMessageInteractionCallbackRequestSchema,
  8: spec.ApplicationCommandAutocompleteCallbackRequestSchema,
  9: spec.ModalInteractionCallbackRequestSchema,
};
const routes = [
  ["POST", /\/channels\/\d+\/messages$/, () => spec.MessageCreateRequestSchema],
  ["PATCH", /\/channels\/\d+\/messages\/\d+$/, () => spec.MessageEditRequestPartialSchema],
  ["POST", /\/messages\/\d+\/threads$/, () => spec.CreateTextThreadWithMessageRequestSchema],
  ["POST", /\/scheduled-events$/, () => spec.ExternalScheduledEventCreateRequestSchema],
  ["PATCH", /\/scheduled-events\/\d+$/, () => spec.ExternalScheduledEventPatchRequestPartialSchema],
  ["POST", /\/users\/@me\/channels$/, () => spec.CreatePrivateChannelRequestSchema],
  ["PUT", /\/applications\/\d+\/commands$/, () => z.array(spec.ApplicationCommandUpdateRequestSchema)],
  ["PATCH", /\/messages\/@original$/, () => spec.IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema],
  // A deferral has no schema but that of a message without content.
  ["POST", /\/callback$/, (body) => callbacks[body.type === 5 ? 4 : body.type]],
];

const counts = {};
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { method, path, body } = JSON.parse(line);
  const route = routes.find(([verb, pattern]) => verb === method && pattern.test(path));
  const schema = route?.[2](body);
  if (!schema) {
    console.error(`no schema for ${method} ${path} ${JSON.stringify(body)}`);
    process.exitCode = 1;
    continue;
  }
  const kind = `${method} ${route[1].source}${path.endsWith("/callback") ? ` type ${body.type}` : ""}`;
  counts[kind] = (counts[kind] ?? 0) + 1;
  const found = schema.safeParse(body.type === 5 ? { ...body, type: 4 } : body);
  if (!found.success) {
    console.error(`${method} ${path}\n${JSON.stringify(body)}\n${JSON.stringify(found.error.issues).slice(0, 3000)}`);
    process.exitCode = 1;
  }
}
console.log(JSON.stringify(counts));
